// Gives back what loading a library has read of its file. TensorFlow's library is 788 MB; its initializers touch a
// third of that and never come back to it, yet it counts as this process' memory until the system is short of it.
// Linux alone. Exports release(part): the bytes given back of libraries whose path holds `part`.
#include <node_api.h>
#include <sys/mman.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>

// What is released are mappings that can't be written to and of which no page differs from the file: the next access
// finds the same bytes in the system's cache.
static double ReleaseMapped(const char* part) {
  FILE* maps = fopen("/proc/self/smaps", "r");
  if (maps == nullptr) return 0;
  char line[4096];
  uintptr_t begin = 0, end = 0;
  bool ours = false;
  double resident = 0, released = 0;
  while (fgets(line, sizeof line, maps) != nullptr) {
    uintptr_t b, e;
    char mode[5];
    unsigned long kilobytes;
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &b, &e, mode) == 3) {
      begin = b;
      end = e;
      ours = strchr(mode, 'w') == nullptr && strstr(line, part) != nullptr;
    } else if (ours && sscanf(line, "Rss: %lu kB", &kilobytes) == 1) {
      resident = 1024.0 * kilobytes;
    } else if (ours && sscanf(line, "Anonymous: %lu kB", &kilobytes) == 1) {
      if (kilobytes == 0 && madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0) released += resident;
    }
  }
  fclose(maps);
  return released;
}

static napi_value Release(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, result;
  char part[512] = "";
  size_t length = 0;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count != 1) return nullptr;
  if (napi_get_value_string_utf8(env, argument, part, sizeof part, &length) != napi_ok || length == 0) return nullptr;
  return napi_create_double(env, ReleaseMapped(part), &result) == napi_ok ? result : nullptr;
}

NAPI_MODULE_INIT() {
  napi_value release;
  napi_create_function(env, "release", NAPI_AUTO_LENGTH, Release, nullptr, &release);
  napi_set_named_property(env, exports, "release", release);
  return exports;
}
