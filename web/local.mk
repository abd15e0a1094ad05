# SPDX-License-Identifier: MIT
# The console: files as they are served, in $(pkgdatadir)/web/console. tests/console/files.mjs holds this list to the folder.
nobase_dist_pkgdata_DATA += \
	web/console/console.css \
	web/console/first.css \
	web/console/icon.svg \
	web/console/index.html \
	web/console/js/api.js \
	web/console/js/app.js \
	web/console/js/chain.js \
	web/console/js/checkpoint.js \
	web/console/js/dom.js \
	web/console/js/drafts.js \
	web/console/js/follow.js \
	web/console/js/frame.js \
	web/console/js/pages/grant.js \
	web/console/js/pages/grants.js \
	web/console/js/pages/keys.js \
	web/console/js/pages/log.js \
	web/console/js/pages/policies.js \
	web/console/js/pages/policy.js \
	web/console/js/pages/signin.js \
	web/console/js/pages/whatif.js \
	web/console/js/parts/activity.js \
	web/console/js/parts/audited.js \
	web/console/js/parts/change.js \
	web/console/js/parts/chart.js \
	web/console/js/parts/dialog.js \
	web/console/js/parts/entry.js \
	web/console/js/parts/field.js \
	web/console/js/parts/filter.js \
	web/console/js/parts/grant.js \
	web/console/js/parts/history.js \
	web/console/js/parts/may.js \
	web/console/js/parts/names.js \
	web/console/js/parts/notice.js \
	web/console/js/parts/pager.js \
	web/console/js/parts/rule.js \
	web/console/js/parts/state.js \
	web/console/js/parts/view.js \
	web/console/js/question.js \
	web/console/js/route.js \
	web/console/js/session.js \
	web/console/js/texts.js \
	web/console/js/time.js
EXTRA_DIST += web/README.md
