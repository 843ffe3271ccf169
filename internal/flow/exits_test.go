package flow

import (
	"go/token"
	"go/types"
	"testing"
)

func TestIsFatalLog(t *testing.T) {
	for _, test := range []struct {
		path, name string
		want       bool
	}{
		{"log", "Fatalf", true},
		{"k8s.io/klog/v2", "FatalDepth", true},
		{"go.uber.org/zap", "Fatalw", true},
		{"github.com/sirupsen/logrus", "Fatalln", true},
		{"google.golang.org/grpc/grpclog", "Fatalf", true},
		{"example.com/pkg/go-logging", "Fatal", true},
		{"github.com/minio/minio/internal/logger", "FatalIf", false},
		{"example.com/catalog", "Fatal", false},
		{"example.com/blog", "Fatal", false},
		{"github.com/acme-technologies/store/api", "Fatal", false},
		{"example.com/log", "Fatality", false},
	} {
		fn := types.NewFunc(token.NoPos, types.NewPackage(test.path, "p"), test.name, types.NewSignatureType(nil, nil, nil, nil, nil, false))
		if got := isFatalLog(fn); got != test.want {
			t.Errorf("%s.%s: %t, want %t", test.path, test.name, got, test.want)
		}
	}
}
