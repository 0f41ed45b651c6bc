package app

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/dashboard"
	"rastro/internal/web"
)

// boards asks a server for its dashboards.
func boards(t *testing.T, a *App) web.DashboardList {
	t.Helper()
	resp, err := http.Get("http://" + a.Addresses()["ui"] + "/api/dashboards")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list web.DashboardList
	text, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v: %s", resp.Status, err, text)
	}
	return list
}

func TestSavedDashboardsOutliveAStart(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	a := New(Options{Config: c, Log: quiet(), Release: "test"})
	if err := a.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post("http://"+a.Addresses()["ui"]+"/api/dashboards", "application/json", strings.NewReader(`{"title":{"en":"Mine"},"since":"now-1h","refresh":0,"panels":[]}`))
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("%v, %v", err, resp)
	}
	resp.Body.Close()
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	list := boards(t, start(t, c))
	if last := list.Items[len(list.Items)-1]; last.Title.En != "Mine" || list.Notes != nil {
		t.Errorf("%+v", list)
	}
}

func TestADamagedFileOfSavedThingsStopsNoServer(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(c.Data, dashboard.FileName)
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	// The file tells a data folder even where it is alone.
	if ok, err := HasData(c.Data); !ok || err != nil {
		t.Fatalf("%v, %v", ok, err)
	}
	list := boards(t, start(t, c))
	if len(list.Items) == 0 || len(list.Notes) != 1 || !strings.Contains(list.Notes[0].En, "damaged") {
		t.Errorf("%+v", list)
	}
}
