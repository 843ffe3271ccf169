// A client asks and goes away after 100 ms; the handler's query takes 2 s.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"
)

func query(ctx context.Context) error {
	select {
	case <-time.After(2 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var result = make(chan string, 1)

func handle(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	err := query(context.Background())
	result <- fmt.Sprintf("%v after %d ms", err, time.Since(start).Milliseconds())
}

func ask(url string) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		panic(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
	}
}

func main() {
	srv := httptest.NewServer(http.HandlerFunc(handle))
	defer srv.Close()
	ask(srv.URL)
	fmt.Println(<-result)
}
