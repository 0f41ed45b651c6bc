package web

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressed answers with zstd or gzip where the client takes it. Answers that
// follow what happens must not pass here: they would wait in the compressor.
func compressed(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.EnableZstd(true), gzhttp.PreferZstd(true), gzhttp.KeepAcceptRanges())
	if err != nil {
		panic("BUG: the options of the compressor contradict each other: " + err.Error())
	}
	return wrap(next)
}
