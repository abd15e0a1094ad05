bin_PROGRAMS += grantctl
grantctl_SOURCES = \
	ctl/activity.c ctl/activity_maintain.c ctl/activity_remote.c \
	ctl/archive.c ctl/archive.h ctl/archive_read.c ctl/archive_write.c \
	ctl/audit.c ctl/audit_list.c ctl/audit_remote.c \
	ctl/audit_action.c ctl/audit_action.h \
	ctl/audit_report.c ctl/audit_report.h \
	ctl/audit_state.c ctl/audit_state.h \
	ctl/checkpoint.c ctl/checkpoint.h ctl/checkpoint_write.c \
	ctl/commands.c ctl/commands.h \
	ctl/completion.c \
	ctl/doctor.c ctl/doctor.h ctl/doctor_catalog.c ctl/doctor_database.c ctl/doctor_rules.c ctl/doctor_socket.c \
	ctl/engine/args.c ctl/engine/args.h \
	ctl/engine/command.c ctl/engine/command.h \
	ctl/engine/complete.c ctl/engine/complete.h \
	ctl/engine/help.c ctl/engine/help.h \
	ctl/engine/main.c \
	ctl/engine/near.c ctl/engine/near.h \
	ctl/engine/option.c ctl/engine/option.h \
	ctl/engine/output.c ctl/engine/output.h \
	ctl/engine/remote.c ctl/engine/remote.h ctl/engine/remote_show.c \
	ctl/engine/session.c ctl/engine/session.h \
	ctl/engine/table.c ctl/engine/table.h \
	ctl/engine/unknown.c ctl/engine/unknown.h \
	ctl/fcgi_probe.c ctl/fcgi_probe.h \
	ctl/follow.c \
	ctl/follow_sink.c ctl/follow_sink.h ctl/follow_tls.c \
	ctl/follow_state.c ctl/follow_state.h \
	ctl/follow_text.c ctl/follow_text.h \
	ctl/grant.c ctl/grant_change.c ctl/grant_create.c ctl/grant_output.h ctl/grant_remote.c \
	ctl/keep_file.c ctl/keep_file.h \
	ctl/key.c ctl/key_create.c ctl/key_remote.c ctl/key_rotate.c \
	ctl/key_input.c ctl/key_input.h \
	ctl/key_output.c ctl/key_output.h \
	ctl/key_roles.c ctl/key_roles.h \
	ctl/line.c ctl/line.h \
	ctl/policy.c ctl/policy_apply.c ctl/policy_test.c \
	ctl/policy_guarded.c ctl/policy_guarded.h \
	ctl/policy_input.c ctl/policy_input.h \
	ctl/policy_match.c ctl/policy_match.h \
	ctl/policy_plan.c ctl/policy_plan.h \
	ctl/policy_stored.c ctl/policy_stored.h \
	ctl/policy_remote.c \
	ctl/remotes.h \
	ctl/seal.c ctl/seal.h \
	ctl/status.c \
	ctl/tenant.c ctl/tenant_change.c ctl/tenant_change.h ctl/tenant_set.c \
	ctl/tenant_delete.c ctl/tenant_delete.h ctl/tenant_move.c \
	ctl/tenants.c ctl/tenants.h
grantctl_LDADD = libpolicy.a cedar/libcedar.la libdb.a libbase.a $(JSONC_LIBS) $(LIBPQ_LIBS) \
	$(SSL_LIBS) $(CRYPTO_LIBS) $(SMARTCOLS_LIBS) $(CURL_LIBS)
# Without libcedar.so, so that one file is the whole program and the build has no wrapper for it.
grantctl_LDFLAGS = $(AM_LDFLAGS) -static

# The scripts by which shells ask the program what it takes, where they look for them.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
bashcompletion_DATA = ctl/shell/grantctl
zshcompletion_DATA = ctl/shell/_grantctl
CLEANFILES += $(bashcompletion_DATA) $(zshcompletion_DATA)
ctl/shell/grantctl: grantctl$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && ./grantctl$(EXEEXT) completion bash >$@.new && mv $@.new $@
ctl/shell/_grantctl: grantctl$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && ./grantctl$(EXEEXT) completion zsh >$@.new && mv $@.new $@
