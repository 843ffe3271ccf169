package hints

import (
	"fmt"
	"net/http"
	"sync"
)

type credentials struct{ token string }

func (c *credentials) old() bool { return c == nil || c.token == "" }

// issuer renews its credentials for all who ask.
type issuer struct {
	mu    sync.Mutex
	creds *credentials
	c     *http.Client
}

func (i *issuer) token() (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.creds.old() {
		return i.creds.token, nil
	}
	req, err := http.NewRequest(http.MethodPost, "https://example.com/token", nil)
	if err != nil {
		return "", err
	}
	resp, err := i.c.Do(req)
	if err != nil {
		return "", err
	}
	i.creds = &credentials{resp.Status}
	return i.creds.token, resp.Body.Close()
}

func (i *issuer) serve(w http.ResponseWriter, r *http.Request) {
	token, err := i.token() // want `token blocks under a root of its own`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	fmt.Fprintln(w, token)
}
