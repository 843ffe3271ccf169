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
