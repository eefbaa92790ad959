# SPDX-License-Identifier: GPL-2.0-or-later
# cmake -DOUT=hooks_text.c -DDIR=hooks -P embed.cmake: the hook files as C strings.
set(text "/* Made from hooks/ by embed.cmake. */\n#include \"term/hooks_text.h\"\n\n")
foreach(name bashrc zshrc fish shrc)
  file(READ ${DIR}/${name} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND text "const char hook_${name}[] = {${bytes}0};\n")
endforeach()
file(WRITE ${OUT} "${text}")
