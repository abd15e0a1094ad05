# Configurations for operators, made from the templates that quickstart and the tests run, with the
# paths of this installation: $(pkgdatadir)/deploy. `make install DEPLOY_BASE=/api` mounts the API there, and makes
# them anew where an earlier make had other values.
DEPLOY_BASE =
deploy_socket = /run/grantd/grantd.sock
deploy_conf = $(sysconfdir)/grantd/grantd.conf
deploy_errors = $(pkgdatadir)/deploy/errors
deploy_console = $(pkgdatadir)/web/console

deploy_error_json = \
	deploy/errors/400.json deploy/errors/403.json deploy/errors/404.json deploy/errors/405.json \
	deploy/errors/408.json deploy/errors/411.json deploy/errors/413.json deploy/errors/414.json \
	deploy/errors/417.json deploy/errors/431.json deploy/errors/500.json deploy/errors/501.json \
	deploy/errors/502.json deploy/errors/503.json deploy/errors/504.json
# lighttpd asks for these names.
deploy_error_html = $(deploy_error_json:.json=.html)

deploy_configurations = \
	deploy/apache/grantd-console.conf \
	deploy/apache/grantd-errors.conf \
	deploy/apache/grantd-fcgid.conf \
	deploy/apache/grantd-proxy.conf \
	deploy/cron/grantd \
	deploy/grantd.conf \
	deploy/lighttpd/grantd-connect.conf \
	deploy/lighttpd/grantd-console.conf \
	deploy/lighttpd/grantd-errors.conf \
	deploy/lighttpd/grantd-spawn.conf \
	deploy/nginx/grantd-console.conf \
	deploy/nginx/grantd-upstream.conf \
	deploy/nginx/grantd.conf \
	deploy/patroni/etcd.yml \
	deploy/patroni/haproxy.cfg \
	deploy/patroni/patroni.yml \
	deploy/pgbouncer/pgbouncer.ini \
	deploy/shared-hosting/console-htaccess \
	deploy/shared-hosting/htaccess
deploy_scripts = \
	deploy/shared-hosting/grantd.fcgi \
	deploy/spawn-fcgi/grantd-spawn-fcgi
deploy_units = \
	deploy/systemd/grantd-activity.service \
	deploy/systemd/grantd-activity.timer \
	deploy/systemd/grantd-follow.service \
	deploy/systemd/grantd.service \
	deploy/systemd/grantd.socket
deploy_private = \
	deploy/apache/private.conf.in \
	deploy/lighttpd/private.conf.in \
	deploy/nginx/private.conf.in
deploy_rendered = $(deploy_configurations) $(deploy_scripts) $(deploy_units)
deploy_templates = $(deploy_rendered:=.in)

nobase_dist_pkgdata_DATA = $(deploy_error_json) deploy/cells/haproxy.cfg deploy/cells/nginx-cells.conf \
	deploy/prometheus/prometheus.yml deploy/prometheus/grantd.rules.yml deploy/prometheus/grantd.rules.test.yml \
	deploy/grafana/grantd.json
nobase_nodist_pkgdata_DATA = $(deploy_configurations) $(deploy_error_html)
nobase_nodist_pkgdata_SCRIPTS = $(deploy_scripts)
systemunitdir = $(prefix)/lib/systemd/system
systemunit_DATA = $(deploy_units)
sysusersdir = $(prefix)/lib/sysusers.d
dist_sysusers_DATA = deploy/systemd/grantd.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
dist_tmpfiles_DATA = deploy/tmpfiles/grantd.conf
logrotatedir = $(sysconfdir)/logrotate.d
dist_logrotate_DATA = deploy/logrotate/grantd
dist_doc_DATA += docs/operating.md

# Where grantd.conf goes, which is for the operator to write: nothing of his is overwritten or removed.
.PHONY: install-settings uninstall-settings
install-settings:
	$(MKDIR_P) "$(DESTDIR)$(sysconfdir)/grantd"
uninstall-settings:
	rmdir "$(DESTDIR)$(sysconfdir)/grantd" 2>/dev/null || true

EXTRA_DIST += $(deploy_templates) $(deploy_private) \
	deploy/debian deploy/quickstart deploy/lib/render deploy/lib/packages.sh deploy/lib/web.sh
CLEANFILES += $(deploy_rendered) $(deploy_error_html)

deploy_values = GRANTD=$(sbindir)/grantd GRANTD_DIR=$(sbindir) \
	GRANTD_NAME=grantd GRANTCTL=$(bindir)/grantctl \
	CONF=$(deploy_conf) SOCKET=$(deploy_socket) ERRORS=$(deploy_errors) CONSOLE=$(deploy_console) \
	BASE=$(DEPLOY_BASE) WORKERS=4 \
	DATABASE_DIR=/run/postgresql POOLER_DIR=/run/postgresql POOLER_AUTH=scram-sha-256 \
	POOLER_USERS=/etc/pgbouncer/userlist.txt LOGS=/var/log/postgresql RUN=/run/postgresql \
	NGINX_LOG=/var/log/nginx/grantd-access.log APACHE_LOG=/var/log/apache2/grantd-access.log \
	LIGHTTPD_LOG=/var/log/lighttpd/grantd-access.log \
	NODE=db1 REST=192.0.2.21:8008 DATABASE=192.0.2.21:5432 NETWORK=192.0.2.0/24 \
	ETCD=192.0.2.31:2379,192.0.2.32:2379,192.0.2.33:2379 STRICT=false SYNCHRONOUS_COMMIT=on \
	CONNECTIONS=200 BIN=/usr/lib/postgresql/15/bin SOCKETS=/run/postgresql WATCHDOG=automatic \
	SUPERUSER_PASSWORD=change-this REPLICATOR_PASSWORD=change-this REWINDER_PASSWORD=change-this REST_PASSWORD=change-this \
	BIND_HOST=127.0.0.1 BIND_PORT=5432 FIRST_NODE=db1 FIRST_DATABASE=192.0.2.21:5432 FIRST_REST_PORT=8008 \
	SECOND_NODE=db2 SECOND_DATABASE=192.0.2.22:5432 SECOND_REST_PORT=8008 \
	MEMBER=etcd1 CLIENT=192.0.2.31:2379 PEER=192.0.2.31:2380

# The values that the configurations have: this file is newer than they are once these are others.
deploy/values: FORCE
	$(AM_V_at)$(MKDIR_P) $(@D) && echo '$(deploy_values)' >$@.tmp && \
	if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi
.PHONY: FORCE
CLEANFILES += deploy/values

$(deploy_rendered): $(deploy_templates) deploy/lib/render deploy/values Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SHELL) $(srcdir)/deploy/lib/render $(deploy_values) \
	    DATA=$(if $(findstring etcd,$@),/var/lib/etcd/grantd,/var/lib/postgresql/15/grantd) \
	    MOUNT=$(if $(DEPLOY_BASE),$(DEPLOY_BASE),/) <$(srcdir)/$@.in >$@.tmp && mv $@.tmp $@

$(deploy_error_html): $(deploy_error_json)
	$(AM_V_at)$(MKDIR_P) $(@D) && cp $(srcdir)/$(@:.html=.json) $@
