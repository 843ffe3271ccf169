package tiers

import (
	"net"
	"net/http"
)

// Whoever hears that one server has ended ends the program.
func listens(addrs []string, h http.Handler) error {
	ended := make(chan error, 1)
	for _, addr := range addrs {
		go func() {
			l, err := net.Listen("tcp", addr)
			if err != nil {
				ended <- err // want `goroutine can block for ever`
				return
			}
			ended <- http.Serve(l, h)
		}()
	}
	return <-ended
}

// The server that is left behind may stay for ever.
func serves(l net.Listener, h http.Handler, stop <-chan struct{}) error {
	ended := make(chan error)
	go func() {
		ended <- http.Serve(l, h) // want `goroutine can block for ever`
	}()
	select {
	case err := <-ended:
		return err
	case <-stop:
		return nil
	}
}
