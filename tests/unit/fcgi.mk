# SPDX-License-Identifier: MIT
# fcgi/ is a program and no library, so these compile what they test.
if HAVE_CMOCKA
fcgi_unit_programs = \
	tests/unit/test_board \
	tests/unit/test_handover \
	tests/unit/test_inherit \
	tests/unit/test_intake \
	tests/unit/test_listener \
	tests/unit/test_params \
	tests/unit/test_peer \
	tests/unit/test_pool \
	tests/unit/test_route \
	tests/unit/test_share \
	tests/unit/test_spawner \
	tests/unit/test_status_request
check_PROGRAMS += $(fcgi_unit_programs)
TESTS += $(fcgi_unit_programs)

tests_unit_test_board_SOURCES = tests/unit/test_board.c fcgi/board.c
tests_unit_test_board_LDADD = $(unit_ldadd)
tests_unit_test_handover_SOURCES = tests/unit/test_handover.c fcgi/handover.c fcgi/listener.c fcgi/pass.c fcgi/peer.c
tests_unit_test_handover_LDADD = $(unit_ldadd) $(SYSTEMD_LIBS)
tests_unit_test_inherit_SOURCES = tests/unit/test_inherit.c fcgi/inherit.c
tests_unit_test_inherit_LDADD = $(unit_ldadd)
tests_unit_test_intake_SOURCES = tests/unit/test_intake.c fcgi/intake.c
tests_unit_test_intake_LDADD = $(unit_ldadd)
tests_unit_test_listener_SOURCES = tests/unit/test_listener.c fcgi/listener.c fcgi/peer.c
tests_unit_test_listener_LDADD = $(unit_ldadd) $(SYSTEMD_LIBS)
tests_unit_test_params_SOURCES = tests/unit/test_params.c fcgi/params.c fcgi/route.c
tests_unit_test_params_LDADD = $(unit_ldadd)
tests_unit_test_peer_SOURCES = tests/unit/test_peer.c fcgi/peer.c
tests_unit_test_peer_LDADD = $(unit_ldadd)
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c fcgi/pass.c fcgi/places.c fcgi/pool.c fcgi/pool_keeper.c \
	fcgi/pool_pause.c fcgi/pool_worker.c fcgi/rooms.c
tests_unit_test_pool_LDADD = $(unit_ldadd)
tests_unit_test_pool_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=epoll_ctl
tests_unit_test_route_SOURCES = tests/unit/test_route.c fcgi/route.c
tests_unit_test_route_LDADD = $(unit_ldadd)
tests_unit_test_share_SOURCES = tests/unit/test_share.c fcgi/share.c
tests_unit_test_share_LDADD = $(unit_ldadd)
tests_unit_test_spawner_SOURCES = tests/unit/test_spawner.c fcgi/spawner.c fcgi/peer.c
tests_unit_test_spawner_LDADD = $(unit_ldadd)
tests_unit_test_status_request_SOURCES = tests/unit/test_status_request.c fcgi/intake.c fcgi/status_request.c
tests_unit_test_status_request_LDADD = $(unit_ldadd)
endif
