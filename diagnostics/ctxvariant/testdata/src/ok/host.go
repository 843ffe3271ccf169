package ok

import (
	"context"
	"net"
	"net/http"
)

// Nobody has to answer.
func thisHost(ctx context.Context) (net.Conn, error) {
	if _, err := net.LookupHost("localhost"); err != nil {
		return nil, err
	}
	return net.Dial("udp", "203.0.113.1:80")
}

func datagrams(ctx context.Context, to *net.UDPAddr) (net.Conn, error) {
	return net.DialUDP("udp", nil, to)
}

// The caller gives the request its context.
func fetchPage(ctx context.Context, url string) (*http.Response, error) {
	req, err := newPage(ctx, url)
	if err != nil {
		return nil, err
	}
	req = req.WithContext(ctx)
	return http.DefaultClient.Do(req)
}

func newPage(ctx context.Context, url string) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-User", ctx.Value(0).(string))
	return req, nil
}
