// Package bodylimit lets Traefik refuse bodies above a size as they come. It interprets this file at its start; what counts
// bytes is Go's own.
package bodylimit

import (
	"context"
	"net/http"
)

// Config is what the middleware body-limit gives.
type Config struct {
	Bytes int64
}

// CreateConfig is asked for before Config is read.
func CreateConfig() *Config { return &Config{} }

// New stands before one route.
func New(_ context.Context, next http.Handler, config *Config, _ string) (http.Handler, error) {
	limit := config.Bytes
	counted := http.MaxBytesHandler(next, limit)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.ContentLength > limit:
			http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
		case r.ContentLength < 0:
			counted.ServeHTTP(w, r)
		default: // no more than it says comes through
			next.ServeHTTP(w, r)
		}
	}), nil
}
