/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files inside report.html, embedded by the build (embed.cmake). */
#ifndef NETDOJO_GRADE_PAGE_FILES_H
#define NETDOJO_GRADE_PAGE_FILES_H

extern const char page_player_js[], page_player_css[], page_report_js[], page_report_css[];
/* 'sha256-...' as a Content-Security-Policy has it. */
extern const char page_player_js_hash[], page_report_js_hash[];

#endif
