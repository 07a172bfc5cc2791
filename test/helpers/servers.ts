import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server in a folder of its own. */
export interface RealServer {
  port: number;
  /** Ends it with SIGKILL, as a crash does; its data stay. */
  kill(): Promise<void>;
  /** Starts it again with its data. */
  start(): void;
}

const PATHS = { 'nats-server': '/usr/sbin/nats-server', 'clickhouse-server': '/usr/sbin/clickhouse-server' };
type ServerName = keyof typeof PATHS;

/** Whether a server is there, after a try to install it from Debian; says what the tests go without. */
export function findServer(name: ServerName): boolean {
  if (!existsSync(PATHS[name])) {
    console.log(`No ${name}; running apt-get install ${name} …`);
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
      try {
        execFileSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
      } catch {
        // Not Debian, or not allowed: said below.
      }
    }
  }
  const isThere = existsSync(PATHS[name]);
  if (!isThere) console.log(`Not tested with ${name}: install it from Debian.`);
  return isThere;
}

/** Ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Folders and processes of the tests of one file; `close` removes them all. */
export function openServers() {
  const folder = mkdtempSync(join(tmpdir(), 'waymark-servers-'));
  const running = new Set<ChildProcess>();

  function prepare(port: number, name: ServerName, args: string[]): RealServer {
    let child: ChildProcess | undefined;
    return {
      port,
      start() {
        child = spawn(PATHS[name], args, { stdio: 'ignore', cwd: folder });
        running.add(child);
      },
      async kill() {
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child!.once('exit', resolve));
        child.kill('SIGKILL');
        await gone;
      },
    };
  }

  return {
    /** A cluster of nats-server with JetStream, on loopback; not started. */
    async prepareNats(size: number): Promise<RealServer[]> {
      const [ports, routes] = [await freePorts(size), await freePorts(size)];
      return ports.map((port, index) => {
        const file = join(folder, `nats-${port}.conf`);
        const cluster = size < 2 ? '' : `cluster { name: C, listen: "127.0.0.1:${routes[index]}", routes: [${routes.map((route) => `"nats://127.0.0.1:${route}"`).join(', ')}] }`;
        writeFileSync(file, `server_name: "n${index}"\nlisten: "127.0.0.1:${port}"\njetstream { store_dir: "${join(folder, `js-${port}`)}" }\n${cluster}\n`);
        return prepare(port, 'nats-server', ['-c', file]);
      });
    },
    /** A ClickHouse with its HTTP interface on loopback; not started. */
    async prepareClickHouse(): Promise<RealServer> {
      const [port, tcp, inter] = await freePorts(3) as [number, number, number];
      const path = join(folder, `clickhouse-${port}`);
      const file = join(folder, `clickhouse-${port}.xml`);
      writeFileSync(file, `<yandex><logger><level>none</level></logger><http_port>${port}</http_port><tcp_port>${tcp}</tcp_port><interserver_http_port>${inter}</interserver_http_port>
<listen_host>127.0.0.1</listen_host><path>${path}/</path><tmp_path>${path}/scratch/</tmp_path><users_config>${file}</users_config><default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>5000000</mark_cache_size><profiles><default/></profiles><quotas><default/></quotas>
<users><default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>\n`);
      return prepare(port, 'clickhouse-server', [`--config-file=${file}`]);
    },
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 100));
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
