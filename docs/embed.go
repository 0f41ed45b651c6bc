// Package docs holds the generated documents that the program carries with it.
// Nothing comes in; out goes text. It never changes while the program runs.
package docs

import _ "embed"

// OpenAPI is openapi.json, the description of the JSON API, which
// `make generate` writes from its types and routes.
//
//go:embed openapi.json
var OpenAPI []byte
