// A server that is asked to stop shuts down under the context that told it
// to: the request that is under way is cut off.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

func main() {
	ctx, stop := context.WithCancel(context.Background())
	begun := make(chan struct{})
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		time.Sleep(200 * time.Millisecond)
		fmt.Fprint(w, "hello")
	})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go srv.Serve(l)
	go http.Get("http://" + l.Addr().String())
	<-begun
	stop()
	fmt.Println("shutdown:", serve(ctx, srv))
}

func serve(ctx context.Context, srv *http.Server) error {
	<-ctx.Done()
	return srv.Shutdown(ctx)
}
