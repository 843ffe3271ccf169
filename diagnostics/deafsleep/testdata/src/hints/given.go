package hints

import (
	"context"
	"net/http"
	"time"
)

// The request is made here, without a context.
func dispatch(url string) error {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	return send(req)
}

func send(req *http.Request) error {
	time.Sleep(time.Second) // want `goes on when req.Context\(\) is done`
	return nil
}

// Nobody waits for the poller, which looks at ctx soon.
func StartPoll(ctx context.Context) { go poll(ctx) }

func poll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
		}
		time.Sleep(time.Second) // want `goes on when ctx is done`
	}
}
