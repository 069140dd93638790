package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import dev.longshore.runtime.linux.RootFilesystems.ImageConfig;
import dev.longshore.runtime.linux.RootFilesystems.Prepared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings a container's spec and its image's config together: what the spec does not say, the image does.
record ContainerPlan(SandboxFacts sandbox, ContainerSpec spec, Prepared prepared) {

    static final String STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Path HOST_SHARED_MEMORY = Path.of("/dev/shm");

    /// @param files the sandbox's
    /// @param memory the files of the sandbox whose shared memory it uses: mostly the same
    Blueprint blueprint(String group, Map<String, Optional<Path>> namespaces, SandboxFiles files, SandboxFiles memory) {
        ImageConfig image = prepared.config();
        ProcessUser user = user(image);
        Path shm = sandbox.spec().hostIpc() ? HOST_SHARED_MEMORY : memory.sharedMemory();
        return new Blueprint(
                arguments(image),
                environment(image, user),
                spec.workingDirectory()
                        .or(image::workingDirectory)
                        .filter(directory -> !directory.isEmpty())
                        .orElse("/"),
                user,
                spec.security(),
                spec.resources(),
                spec.tty(),
                joined(namespaces),
                group,
                Optional.of(shm),
                mounts(files),
                spec.annotations(),
                spec.options());
    }

    private ProcessUser user(ImageConfig image) {
        var visible = new ArrayList<Path>();
        spec.options().writableLayer().ifPresent(layer -> visible.add(layer.resolve("upper")));
        visible.addAll(prepared.lowerDirectories());
        var root = new LayeredRoot(visible);
        return spec.options().user().isEmpty()
                ? ProcessUser.of(spec.security(), image.user().orElse(""), root)
                : ProcessUser.of(spec.options().user(), root)
                        .with(spec.options().groups(), root);
    }

    private Map<String, Optional<Path>> joined(Map<String, Optional<Path>> namespaces) {
        var all = new LinkedHashMap<>(namespaces);
        if (spec.options().namespaces().pid().isPresent()) {
            all.put("pid", spec.options().namespaces().pid());
        }
        if (spec.options().namespaces().hostUts()) {
            all.remove("uts");
        }
        if (spec.options().namespaces().ownCgroup()) {
            all.put("cgroup", Optional.empty());
        }
        return all;
    }

    private List<String> arguments(ImageConfig image) {
        var all = new ArrayList<String>();
        all.addAll(spec.command().isEmpty() ? image.entrypoint() : spec.command());
        all.addAll(spec.command().isEmpty() && spec.args().isEmpty() ? image.cmd() : spec.args());
        if (all.isEmpty()) {
            throw new RuntimeFaultException(Kind.CANNOT_START, "no command specified");
        }
        return all;
    }

    private Map<String, String> environment(ImageConfig image, ProcessUser user) {
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", STANDARD_PATH);
        env.put("HOSTNAME", sandbox.spec().hostname());
        if (spec.tty()) {
            env.put("TERM", "xterm");
        }
        for (String entry : image.env()) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                env.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        env.putAll(spec.env());
        env.putIfAbsent("HOME", user.home());
        return env;
    }

    // What the pod mounts at one of these places wins.
    private List<ContainerSpec.Mount> mounts(SandboxFiles files) {
        var all = new ArrayList<>(files.mounts(spec.security().readOnlyRootFilesystem()));
        all.removeIf(own ->
                spec.mounts().stream().anyMatch(mount -> mount.containerPath().equals(own.containerPath())));
        all.addAll(spec.mounts());
        return all;
    }
}
