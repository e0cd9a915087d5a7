package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"tilsyn/engine/atrest"
	"tilsyn/engine/stream/datadir"
	"tilsyn/state"
)

// One process holds the state directory, so a running engine writes its own backups, reports what it
// holds and how it is, and says whom a loss may concern. It does so over a Unix socket in its data
// directory: whoever may read the directory may ask, and nobody from outside.

// adminSocket is the socket's name in the data directory.
const adminSocket = "admin.sock"

// maxSocketPath is a length, in bytes, that every system accepts as the path of a socket.
const maxSocketPath = 100

// socketPath returns a path to the socket that is short enough, by way of a temporary link if
// needed, and a function that removes the link.
func socketPath(dataDir string) (path string, done func(), err error) {
	path = filepath.Join(dataDir, adminSocket)
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return "", nil, err
	}
	tmp, err := os.MkdirTemp("", "tilsyn")
	if err != nil {
		return "", nil, err
	}
	done = func() { _ = os.RemoveAll(tmp) } // an empty directory and a link are all that could stay
	if err := os.Symlink(abs, filepath.Join(tmp, "d")); err != nil {
		done()
		return "", nil, err
	}
	return filepath.Join(tmp, "d", adminSocket), done, nil
}

// openAdmin creates the socket. The caller holds the state.
func (e *engine) openAdmin(ctx context.Context) (l net.Listener, done func(), err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("the socket of the data directory: %w", err)
		}
	}()
	path, done, err := socketPath(e.cfg.DataDir)
	if err != nil {
		return nil, nil, err
	}
	// An existing socket is left from a process that was killed, since this one holds the state.
	if err = os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		done()
		return nil, nil, err
	}
	if l, err = (&net.ListenConfig{}).Listen(ctx, "unix", path); err != nil {
		done()
		return nil, nil, err
	}
	if err = os.Chmod(path, 0o600); err != nil {
		_ = l.Close() // nobody has used it
		done()
		return nil, nil, err
	}
	return l, done, nil
}

// admin serves the socket until the context ends. When it returns, no request reads the state any
// more.
func (e *engine) admin(ctx context.Context, l net.Listener) error {
	var busy sync.RWMutex
	defer func() {
		busy.Lock()
		defer busy.Unlock()
	}()
	guarded := func(f http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			busy.RLock()
			defer busy.RUnlock()
			if ctx.Err() == nil {
				f(w, r)
			}
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /backup", guarded(e.serveBackup))
	mux.HandleFunc("GET /inspect", guarded(e.serveInspect))
	mux.HandleFunc("GET "+pathHealth, guarded(e.serveHealth))
	mux.HandleFunc("GET "+pathStanding, guarded(e.serveStanding))
	mux.HandleFunc("GET "+pathAffected, guarded(e.serveAffected))
	s := &http.Server{Handler: e.plainly(mux), ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the socket of the data directory: %w", err)
	}
	return ctx.Err()
}

// serveBackup writes a backup. The query (since, parent, store) names the backup that it
// continues.
func (e *engine) serveBackup(w http.ResponseWriter, r *http.Request) {
	e.backing.Lock() // one at a time
	defer e.backing.Unlock()
	q := r.URL.Query()
	since, err := strconv.ParseUint(q.Get("since"), 10, 64)
	if err != nil {
		http.Error(w, "since is no number", http.StatusBadRequest)
		return
	}
	store, err := datadir.StoreID(filepath.Join(e.cfg.DataDir, datadir.DirState))
	if err == nil {
		err = followsStore(q.Get("parent"), q.Get("store"), store)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	out := &counted{w: w, ctx: r.Context()}
	err = writeBackup(out, e.db, datadir.NewBackupHead(e.id, store, q.Get("parent")), since)
	switch {
	case err != nil && out.n == 0:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case err != nil:
		e.cfg.Log.Warn().Err(err).Msg("a backup was not finished: take it again; the engine is not affected")
		panic(http.ErrAbortHandler) // the reader sees a broken stream, not a short one
	default:
		e.cfg.Log.Info().Int64("bytes", out.n).Bool("incremental", since > 0).Msg("backup written")
	}
}

// counted counts the bytes written, and stops writing once the reader is gone.
type counted struct {
	w   http.ResponseWriter
	ctx context.Context
	n   int64
}

// Write implements io.Writer.
func (c *counted) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// serveInspect answers what the state holds, as JSON.
func (e *engine) serveInspect(w http.ResponseWriter, _ *http.Request) {
	in, err := inspect(e.db, e.cfg.DataDir, e.id, e.cfg.Now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	in.Running = true
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(in) // nobody is left to tell
}

// errNotRunning says that no engine serves the data directory.
var errNotRunning = errors.New("no engine runs on this data directory")

// askEngine sends a request to the engine that runs on a data directory. The caller closes the
// body of the answer.
func askEngine(ctx context.Context, dataDir, path string, query url.Values) (*http.Response, error) {
	if _, err := os.Stat(filepath.Join(dataDir, adminSocket)); err != nil {
		return nil, errNotRunning
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		socket, done, err := socketPath(dataDir)
		if err != nil {
			return nil, err
		}
		defer done()
		c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", socket)
		if err != nil {
			return nil, errNotRunning
		}
		return c, nil
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://engine"+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if errors.Is(err, errNotRunning) {
		return nil, errNotRunning // a killed engine leaves its socket behind
	}
	if err != nil {
		return nil, fmt.Errorf("ask the engine that runs on %s: %w", dataDir, err)
	}
	if res.StatusCode != http.StatusOK {
		defer res.Body.Close()
		text := make([]byte, 2048)
		n, _ := res.Body.Read(text)
		return nil, &answerError{dataDir, res.StatusCode, strings.TrimSpace(string(text[:n]))}
	}
	return res, nil
}

// answerError is what the engine on a data directory says instead of an answer.
type answerError struct {
	dataDir string
	status  int
	text    string
}

// Error implements error.
func (a *answerError) Error() string {
	return fmt.Sprintf("the engine that runs on %s: %s", a.dataDir, a.text)
}

// openStore opens the state of a data directory on which no engine runs, with the key if it is
// encrypted.
func openStore(dataDir string, key *atrest.Key) (*state.DB, datadir.Identity, error) {
	id, err := readIdentity(dataDir)
	if err != nil {
		return nil, id, err
	}
	if _, err := os.Stat(filepath.Join(dataDir, datadir.DirState)); err != nil {
		return nil, id, fmt.Errorf("there is no state in %s: %w", dataDir, err)
	}
	vault, err := readVault(dataDir, key)
	if err != nil {
		return nil, id, err
	}
	db, err := state.Open(filepath.Join(dataDir, datadir.DirState), state.Options{Key: stateKey(vault)})
	if errors.Is(err, state.ErrInUse) {
		return nil, id, fmt.Errorf("%w; it does not answer on its socket: "+
			"see whether it is just starting or stopped, or run this as its user", err)
	}
	return db, id, err
}

// readIdentity reads what a data directory belongs to.
func readIdentity(dataDir string) (id datadir.Identity, err error) {
	path := filepath.Join(dataDir, datadir.IdentityFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return id, errConfig(fmt.Sprintf("--data-dir %s is no data directory of `tilsyn run`, it has no %s: "+
			"give the one that the engine has", dataDir, datadir.IdentityFile))
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return id, errConfig(fmt.Sprintf("--data-dir %s: %v; give the directory of an engine, "+
			"which this user may read", dataDir, p.Err))
	}
	if err == nil {
		err = json.Unmarshal(data, &id)
	}
	if err != nil {
		return id, fmt.Errorf("%s is no identity of an engine: %w", path, err)
	}
	return id, nil
}
