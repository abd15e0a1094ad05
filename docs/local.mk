dist_doc_DATA += docs/performance.md docs/high-availability.md docs/scaling.md
dist_man_MANS += docs/grantctl.1 docs/grantd.8
dist_doc_DATA += docs/policies.md
dist_doc_DATA += docs/security.md
dist_doc_DATA += docs/reference.md docs/openapi.yaml docs/openapi.json
EXTRA_DIST += docs/architecture.md docs/build
# With the pictures of it: tests/console/run --shots makes them.
dist_doc_DATA += docs/console.md
EXTRA_DIST += docs/console
