dist_doc_DATA += docs/performance.md
dist_man_MANS += docs/grantctl.1 docs/grantd.8
dist_doc_DATA += docs/policies.md
dist_doc_DATA += docs/security.md
dist_doc_DATA += docs/reference.md docs/openapi.yaml docs/openapi.json
EXTRA_DIST += docs/architecture.md docs/build
