-- One device per request, with a nonce of its own: nothing can be answered from a cache.
local path = os.getenv("BENCH_PATH")
local capgo = path == "/device/capgo/updates"
local thread, number = 0, 0

function setup(t)
  t:set("id", thread)
  thread = thread + 1
end

function init()
  math.randomseed(os.time() + id)
end

function request()
  number = number + 1
  local device = string.format("%08x-%04x-4000-8000-%012x", math.random(0, 0x7fffffff), id, number)
  local body
  if capgo then
    body = string.format('{"platform":"ios","device_id":"%s","app_id":"com.example.clinic","custom_id":"",'
      .. '"version_build":"1.2.0","version_code":"12","version_os":"18.1","version_name":"1.2.0",'
      .. '"plugin_version":"8.51.23","is_emulator":false,"is_prod":true,"defaultChannel":""}', device)
  else
    body = string.format('{"app_id":"com.example.clinic","device_id":"%s","nonce":"%024x%08x",'
      .. '"platform":"ios","native_version":"1.2.0","version":""}', device, number, math.random(0, 0x7fffffff))
  end
  return wrk.format("POST", path, {["Content-Type"] = "application/json"}, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %.0f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
