package hints

import (
	"context"
	"net/http"
)

type upgrader struct{}

func (upgrader) Upgrade(w http.ResponseWriter, r *http.Request) (chan string, error) { return nil, nil }

// Nobody watches the connection any more: the request's context ends as the
// handler returns.
func socket(w http.ResponseWriter, r *http.Request) {
	messages, err := upgrader{}.Upgrade(w, r)
	if err != nil {
		return
	}
	for range messages {
		_ = use(context.Background()) // want `use gets context.Background\(\) though r.Context\(\) is at hand`
	}
}
