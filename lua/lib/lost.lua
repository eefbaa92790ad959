-- SPDX-License-Identifier: GPL-2.0-or-later
-- Why a step was lost, where it can be lost in more than one way.

local lost = {}

-- %s and %d are filled in by `why`.
local reasons = {
  looked_too_little = { "Looked at %d of the %d things wanted before the first change", "最初の変更までに見たのは %d 項目だけ（%d 項目以上が必要）" },
  looked_too_little_unchanged = { "Nothing was changed, but only %d of the %d things wanted were looked at",
    "何も変更していないが、見たのは %d 項目だけ（%d 項目以上が必要）" },
  one_try = { "Only one thing was tried before the first change", "最初の変更までに試したのは一つだけ" },
  no_answer = { "No diagnosis was stated", "診断が答えられていない" },
  guessed = { "%d diagnoses were stated; more than %d count as guessing", "診断が %d 回答えられた（%d 回を超えると当てずっぽうとみなす）" },
  wrong_layer = { "The last diagnosis names another layer", "最後の診断のレイヤーが違う" },
  one_of_several = { "There is more than one fault, and not all were named", "障害は複数あり、すべては答えられていない" },
  no_cause = { "The layer was named, but no cause", "レイヤーだけで、原因が答えられていない" },
  wrong_cause = { "The last diagnosis names another cause", "最後の診断の原因が違う" },
  not_ended = { "The attempt has not ended yet", "まだ終了していない" },
  nothing_looked_at = { "Nothing was looked at", "何も確認していない" },
  nothing_done = { "Nothing was done in the lab", "ラボの中で何も実行していない" },
  unmended = { "Still failing: %s", "まだ失敗している: %s" },
  faked = { "Answered, but not by whom it asks: %s", "応答はあるが、本来の相手からではない: %s" },
  broke = { "It worked before and fails now: %s", "前は正常だったのに失敗している: %s" },
  nothing_to_prove = { "It was not mended, so there was nothing to prove", "直っていないので、確かめるものがない" },
  nothing_to_judge = { "It was not mended, so care can't be judged", "直っていないので、慎重さは判定できない" },
  wsl_restarted = { "WSL was restarted, which ends every program in it, and the fault was elsewhere",
    "原因は別なのに WSL を再起動し、中のプログラムをすべて終わらせた" },
  firewall_off = { "A whole firewall profile was changed where one rule was wanted", "規則が一つあれば足りるのに、プロファイル全体を変更した" },
  portproxy_reset = { "Every rule of the port proxy was thrown away", "ポートプロキシの規則をすべて消した" },
  nothing_changed = { "Nothing was changed and nothing was mended, so care can't be judged",
    "何も変更しておらず直ってもいないので、慎重さは判定できない" },
}

-- The reason with its values; a value may be a text {en, ja} itself.
function lost.why(name, ...)
  local en, ja = { ... }, { ... }
  for i, v in ipairs(en) do
    if type(v) == "table" then en[i], ja[i] = v.en, v.ja end
  end
  local reason = reasons[name]
  return { en = reason[1]:format(table.unpack(en)), ja = reason[2]:format(table.unpack(ja)) }
end

return lost
