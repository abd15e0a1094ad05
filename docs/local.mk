dist_man_MANS += docs/grantctl.1 docs/grantd.8
dist_doc_DATA += docs/policies.md
