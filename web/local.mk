# SPDX-License-Identifier: MIT
# The console: files as they are served, in $(pkgdatadir)/web/console. tests/console/files.mjs holds this list to the folder.
nobase_dist_pkgdata_DATA += \
	web/console/console.css \
	web/console/first.css \
	web/console/icon.svg \
	web/console/index.html \
	web/console/js/api.js \
	web/console/js/chain.js \
	web/console/js/dom.js \
	web/console/js/follow.js \
	web/console/js/frame.js \
	web/console/js/pages/grants.js \
	web/console/js/pages/keys.js \
	web/console/js/pages/log.js \
	web/console/js/pages/policies.js \
	web/console/js/pages/signin.js \
	web/console/js/pages/what-if.js \
	web/console/js/parts/activity.js \
	web/console/js/parts/change.js \
	web/console/js/parts/entry.js \
	web/console/js/parts/field.js \
	web/console/js/parts/notice.js \
	web/console/js/parts/rules.js \
	web/console/js/parts/view.js \
	web/console/js/session.js \
	web/console/js/texts.js
EXTRA_DIST += web/README.md
