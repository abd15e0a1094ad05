dist_man_MANS += docs/grantctl.1
