// Command vetserver is a server whose loop is its main function.
package main

import (
	"context"
	"net/http"
	"time"
)

// peers FN-9: main is not exempt where it loops.
func main() {
	for range time.Tick(time.Second) {
		ctx, _ := context.WithTimeout(context.Background(), time.Second) // want lostcancel
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost", nil)
		if err != nil {
			return
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return
		}
		resp.Body.Close()
	}
}
