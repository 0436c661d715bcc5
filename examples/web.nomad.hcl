# Three HTTP servers on ports that Steppe picks: what web.json says, for the command line.
job "web" {
  datacenters = ["*"]

  group "web" {
    count = 3

    network {
      port "http" {}
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "/bin/sh"
        args = ["-c", <<-EOF
          mkdir -p "$NOMAD_TASK_DIR/www" && cd "$NOMAD_TASK_DIR/www" || exit 1
          echo "Hello from $NOMAD_ALLOC_NAME on port $NOMAD_PORT_http" >index.html
          echo "$NOMAD_ALLOC_NAME serves on port $NOMAD_PORT_http"
          if command -v python3 >/dev/null; then exec python3 -u -m http.server "$NOMAD_PORT_http" 2>&1; fi
          if busybox httpd --help >/dev/null 2>&1; then exec busybox httpd -f -vv -p "$NOMAD_PORT_http" 2>&1; fi
          PATH="$PATH:$JAVA_HOME/bin"
          exec jwebserver -b 0.0.0.0 -p "$NOMAD_PORT_http" -d "$PWD" 2>&1
        EOF
        ]
      }

      resources {
        cpu    = 100
        memory = 64
      }
    }
  }
}
