# SPDX-License-Identifier: MIT
sbin_PROGRAMS += grantd
grantd_SOURCES = \
	fcgi/accept.c fcgi/accept.h \
	fcgi/backlog.c fcgi/backlog.h \
	fcgi/board.c fcgi/board.h \
	fcgi/claim.c fcgi/claim.h \
	fcgi/figures.c fcgi/figures.h \
	fcgi/handover.c fcgi/handover.h \
	fcgi/inherit.c fcgi/inherit.h \
	fcgi/intake.c fcgi/intake.h \
	fcgi/listener.c fcgi/listener.h \
	fcgi/main.c \
	fcgi/metrics_page.c \
	fcgi/notify.c fcgi/notify.h \
	fcgi/options.c fcgi/options.h \
	fcgi/params.c fcgi/params.h \
	fcgi/parent.c fcgi/parent.h \
	fcgi/pass.c fcgi/pass.h \
	fcgi/peer.c fcgi/peer.h \
	fcgi/places.c fcgi/places.h \
	fcgi/pool.c fcgi/pool.h fcgi/pool_parts.h fcgi/pool_keeper.c fcgi/pool_pause.c fcgi/pool_worker.c \
	fcgi/porter.c fcgi/porter.h \
	fcgi/reload.c fcgi/reload.h \
	fcgi/rooms.c fcgi/rooms.h \
	fcgi/route.c fcgi/route.h \
	fcgi/seam.c fcgi/seam.h \
	fcgi/share.c fcgi/share.h \
	fcgi/signals.c fcgi/signals.h \
	fcgi/single.c fcgi/single.h \
	fcgi/spawner.c fcgi/spawner.h \
	fcgi/status.c fcgi/status.h \
	fcgi/status_request.c fcgi/status_request.h \
	fcgi/upgrade.c fcgi/upgrade.h \
	fcgi/wire.c fcgi/wire.h \
	fcgi/worker.c fcgi/worker.h
grantd_LDADD = libhandlers.a libpolicy.a libdb.a libhttp.a libbase.a cedar/libcedar.la \
	$(LIBPQ_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS) $(SYSTEMD_LIBS)
# The policy engine is linked in: one file to install.
grantd_LDFLAGS = $(AM_LDFLAGS) -static
