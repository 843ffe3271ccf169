.PHONY: build test sweep fixes goker corpus draw soak soak-lsp bench bench-lsp demo fmt lint

build: ; go build -o ctxls ./cmd/ctxls
test: ; ./test.sh
sweep: ; go run ./internal/cmd/sweep -o sweep.out
fixes: ; go run ./internal/cmd/sweep -o sweep.out $(or $(PROJECTS),$(error PROJECTS: the folders of the projects))
corpus: ; go run ./internal/cmd/corpus $(if $(LABELS),-labels $(LABELS)) $(CORPUS)
draw: ; go run ./internal/cmd/draw $(if $(SEED),-seed $(SEED)) $(if $(MOST),-most $(MOST)) $(if $(N),-n $(N)) $(if $(KNOWN),-known $(KNOWN)) $(PROJECTS)
bench-lsp: ; go run ./internal/cmd/benchlsp $(if $(GOPLS),-gopls $(GOPLS)) -workspace $(WORKSPACE) -file $(FILE)
soak: ; go run ./internal/cmd/soak $(if $(SEED),-seed $(SEED)) $(if $(STEPS),-n $(STEPS)) $(if $(DIR),-dir $(DIR)) $(PACKAGES)
soak-lsp: ; go test ./server -run TestSoakWorkspace -count=1 -timeout 0 -v -args -soak.steps=$(or $(STEPS),5000) -soak.seed=$(or $(SEED),4)
goker: ; go run ./internal/cmd/goker
bench: ; go test -run '^$$' -bench . -benchmem ./...
demo: ; go run ./cmd/ctxls demo
fmt: ; gofmt -w $$(find . -name testdata -prune -o -name '*.go' -print)
lint: ; go vet ./... && go run ./cmd/ctxls check --all ./...
