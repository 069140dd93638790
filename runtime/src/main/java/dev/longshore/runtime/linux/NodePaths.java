package dev.longshore.runtime.linux;

import java.nio.file.Path;

/// Where the runtime keeps its state, under the node's data directory.
///
/// ```
/// boot-id         of the host's run in which all this was made
/// sandboxes/ID/   draft.json, state.json, stopped, lost, holder, hosts, hostname, resolv.conf, shm
/// containers/ID/  state.json, started.json, config.json, pid, conmon.pid, upper, work, rootfs, …
/// exits/ID        the exit code, written by conmon
/// steps/ID/       a build step while it runs
/// ```
record NodePaths(Path directory) {

    Path sandboxes() {
        return directory.resolve("sandboxes");
    }

    Path sandbox(String id) {
        return sandboxes().resolve(id);
    }

    Path containers() {
        return directory.resolve("containers");
    }

    Path container(String id) {
        return containers().resolve(id);
    }

    Path exits() {
        return directory.resolve("exits");
    }

    Path exit(String id) {
        return exits().resolve(id);
    }

    Path steps() {
        return directory.resolve("steps");
    }
}
