// Shows what /api/status says, again every five seconds.
const element = (id) => document.getElementById(id);

function duration(seconds) {
  const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) return '0 s';
  let rest = seconds;
  return parts.slice(first, first + 2).map(([size, unit]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return `${count} ${unit}`;
  }).join(' ');
}

function show(text, name) {
  element('state').textContent = text;
  element('state').className = name;
}

async function ask() {
  try {
    const reply = await fetch('/api/status', { cache: 'no-store', signal: AbortSignal.timeout(4000) });
    const status = await reply.json();
    const isReady = status.state === 'ready';
    show(isReady ? 'ready: takes work' : `${status.state}: ${status.reason}`, isReady ? 'ready' : 'other');
    element('version').textContent = status.version;
    element('uptime').textContent = duration(status.uptime_seconds);
    element('address').textContent = location.origin;
    element('command').textContent = `gantry status --server ${location.origin}`;
  } catch {
    show('the server does not answer', 'other');
  }
}

ask();
setInterval(ask, 5000);
