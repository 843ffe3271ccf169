package ok

import "k8s.io/klog"

type feed struct{ events chan int }

func (f *feed) end() { close(f.events) }

// The process ends with the channel.
func follows(stop chan struct{}, f *feed) {
	for {
		select {
		case <-stop:
			return
		case v, ok := <-f.events:
			if !ok {
				klog.Fatal("the feed has ended")
			}
			use(v)
		}
	}
}
