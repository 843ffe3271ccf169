package ok

import "time"

func slow() { testDelay = time.Minute }
