// Command deadctx shuts a server down with the context whose end is the reason
// for it: the requests that are still running get no time at all.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

func serve(ctx context.Context, srv *http.Server, l net.Listener) error {
	go srv.Serve(l)
	<-ctx.Done()
	return srv.Shutdown(ctx)
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(300 * time.Millisecond):
			io.WriteString(w, "hello")
		case <-r.Context().Done():
		}
	})}
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	go func() {
		if resp, err := http.Get("http://" + l.Addr().String()); err == nil {
			resp.Body.Close()
		}
	}()
	fmt.Println("shutdown:", serve(ctx, srv, l))
}
