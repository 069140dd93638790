package dev.longshore.docker;

import dev.longshore.docker.MountPoint.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Works out what is mounted into a new container: `-v`, `--mount`, `--tmpfs`, `--volumes-from`, and the volumes
/// that the image declares. Makes the volumes and the directories that are missing.
final class MountPlan {

    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
    private static final Set<String> MODES =
            Set.of("ro", "rw", "z", "Z", "nocopy", "cached", "delegated", "consistent");

    /// Also what is mounted below it.
    private static final String RECURSIVELY_READ_ONLY = "rro";

    private final Volumes volumes;
    private final Function<String, EngineContainer> others;
    private final String volumeDriver;
    private final Map<String, MountPoint> plan = new LinkedHashMap<>();
    private final Set<String> explicit = new HashSet<>();

    private MountPlan(Volumes volumes, Function<String, EngineContainer> others, String volumeDriver) {
        this.volumes = volumes;
        this.others = others;
        this.volumeDriver = volumeDriver;
    }

    /// The mounts of a container with `config`; `others` finds containers by name.
    static List<MountPoint> of(ContainerConfig config, Volumes volumes, Function<String, EngineContainer> others)
            throws IOException {
        var mounts = new MountPlan(
                volumes, others, config.host().path("VolumeDriver").asString(""));
        config.hostList("VolumesFrom").forEach(mounts::from);
        for (String bind : config.hostList("Binds")) {
            mounts.bind(bind);
        }
        for (JsonNode mount : config.host().path("Mounts")) {
            mounts.mount(mount);
        }
        JsonFields.map(config.host().path("Tmpfs")).forEach(mounts::tmpfs);
        for (Map.Entry<String, JsonNode> declared :
                config.config().path("Volumes").properties()) {
            mounts.anonymous(declared.getKey());
        }
        return List.copyOf(mounts.plan.values());
    }

    private void add(MountPoint mount) {
        if (!explicit.add(mount.destination())) {
            throw EngineException.invalid("Duplicate mount point: " + mount.destination());
        }
        plan.put(mount.destination(), mount);
    }

    private void from(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String mode = colon < 0 ? "rw" : text.substring(colon + 1);
        if (!MODES.contains(mode)) {
            throw EngineException.invalid("invalid volumes-from mode: " + mode);
        }
        boolean readOnly = mode.equals("ro");
        for (MountPoint mount : others.apply(name).mounts()) {
            plan.put(
                    mount.destination(),
                    new MountPoint(
                            mount.type(),
                            mount.name(),
                            mount.source(),
                            mount.subpath(),
                            mount.destination(),
                            mount.mode(),
                            mount.isWritable() && !readOnly,
                            mount.propagation(),
                            mount.options(),
                            false,
                            false));
        }
    }

    private void bind(String text) throws IOException {
        String[] parts = text.split(":", -1);
        boolean isWhole = parts.length == 2 || parts.length == 3;
        if (!isWhole || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw EngineException.invalid("invalid volume specification: '" + text + "'");
        }
        String target = target(parts[1], text);
        String mode = parts.length == 3 ? parts[2] : "";
        List<String> words = mode.isEmpty() ? List.of() : List.of(mode.split(","));
        for (String word : words) {
            if (!MODES.contains(word) && !PROPAGATIONS.contains(word)) {
                throw EngineException.invalid("invalid mode: " + mode);
            }
        }
        boolean writable = !words.contains("ro");
        if (parts[0].startsWith("/")) {
            Path source = Path.of(parts[0]).normalize();
            if (!Files.exists(source)) {
                Files.createDirectories(source);
            }
            String propagation =
                    words.stream().filter(PROPAGATIONS::contains).findFirst().orElse("rprivate");
            add(new MountPoint(
                    Type.BIND,
                    "",
                    source.toString(),
                    "",
                    target,
                    mode,
                    writable,
                    propagation,
                    writable ? List.of() : List.of(RECURSIVELY_READ_ONLY),
                    false,
                    false));
        } else {
            volumes.checkDriver(parts[0], volumeDriver);
            Volumes.Volume volume = volumes.ensure(parts[0]);
            add(volume(volume, "", target, mode.isEmpty() ? "z" : mode, writable, false, !words.contains("nocopy")));
        }
    }

    private static MountPoint volume(
            Volumes.Volume volume,
            String subpath,
            String target,
            String mode,
            boolean writable,
            boolean anonymous,
            boolean copies) {
        return new MountPoint(
                Type.VOLUME,
                volume.name(),
                volume.mountpoint().toString(),
                subpath,
                target,
                mode,
                writable,
                "",
                List.of(),
                anonymous,
                copies);
    }

    private void mount(JsonNode mount) throws IOException {
        String type = mount.path("Type").asString("");
        String source = mount.path("Source").asString("");
        String given = mount.path("Target").asString("");
        if (given.isEmpty()) {
            throw wrong(type, "field Target must not be empty");
        }
        if (!given.startsWith("/")) {
            throw wrong(type, "invalid mount path: '" + given + "' mount path must be absolute");
        }
        String target = target(given, given);
        boolean writable = !mount.path("ReadOnly").asBoolean(false);
        switch (type) {
            case "bind" -> bindMount(mount, source, target, writable);
            case "volume" -> volumeMount(mount.path("VolumeOptions"), source, target, writable);
            case "tmpfs" -> {
                if (!source.isEmpty()) {
                    throw wrong(type, "field Source must not be specified");
                }
                var words = new ArrayList<>(List.of("nosuid", "nodev", "noexec"));
                JsonNode options = mount.path("TmpfsOptions");
                if (options.path("SizeBytes").asLong(0) > 0) {
                    words.add("size=" + options.path("SizeBytes").asLong());
                }
                long mode = options.path("Mode").asLong(0);
                words.add("mode=" + Long.toOctalString(mode == 0 ? 01777 : mode));
                options.path("Options").forEach(option -> words.add(String.join("=", JsonFields.strings(option))));
                words.add(writable ? "rw" : "ro");
                add(new MountPoint(Type.TMPFS, "", "", "", target, "", writable, "", words, false, false));
            }
            case "image", "cluster", "npipe" -> throw wrong(type, "mounts of this type are not supported here");
            default -> throw EngineException.invalid("mount type unknown: \"" + type + "\"");
        }
    }

    private void volumeMount(JsonNode options, String source, String target, boolean writable) throws IOException {
        String subpath = options.path("Subpath").asString("");
        if (source.isEmpty() && !subpath.isEmpty()) {
            throw wrong("volume", "must not set Subpath when using anonymous volumes");
        }
        if (source.isEmpty() && !writable) {
            throw wrong("volume", "must not set ReadOnly mode when using anonymous volumes");
        }
        Path relative = Path.of(subpath).normalize();
        if (relative.isAbsolute() || relative.startsWith("..")) {
            throw wrong("volume", "subpath must be a relative path within the volume");
        }
        boolean copies = !options.path("NoCopy").asBoolean(false) && subpath.isEmpty();
        Map<String, String> labels = JsonFields.map(options.path("Labels"));
        JsonNode driver = options.path("DriverConfig");
        volumes.checkDriver(source, driver.path("Name").asString(""));
        Volumes.Volume volume = source.isEmpty()
                ? volumes.anonymous(labels)
                : volumes.ensure(source, labels, JsonFields.map(driver.path("Options")));
        add(volume(volume, subpath, target, "z", writable, source.isEmpty(), copies));
    }

    private void bindMount(JsonNode mount, String source, String target, boolean writable) throws IOException {
        if (source.isEmpty()) {
            throw wrong("bind", "field Source must not be empty");
        }
        if (!source.startsWith("/")) {
            throw wrong("bind", "invalid mount path: '" + source + "' mount path must be absolute");
        }
        Path path = Path.of(source).normalize();
        JsonNode options = mount.path("BindOptions");
        if (!Files.exists(path)) {
            if (!options.path("CreateMountpoint").asBoolean(false)) {
                throw wrong("bind", "bind source path does not exist: " + source);
            }
            Files.createDirectories(path);
        }
        String propagation = options.path("Propagation").asString("");
        if (!propagation.isEmpty() && !PROPAGATIONS.contains(propagation)) {
            throw wrong("bind", "invalid propagation mode: " + propagation);
        }
        add(new MountPoint(
                Type.BIND,
                "",
                path.toString(),
                "",
                target,
                "",
                writable,
                propagation.isEmpty() ? "rprivate" : propagation,
                bindOptions(options, writable),
                false,
                false));
    }

    private static List<String> bindOptions(JsonNode options, boolean writable) {
        if (options.path("NonRecursive").asBoolean(false)) {
            return List.of("bind");
        }
        return writable || options.path("ReadOnlyNonRecursive").asBoolean(false)
                ? List.of()
                : List.of(RECURSIVELY_READ_ONLY);
    }

    private static EngineException wrong(String type, String why) {
        return EngineException.invalid("invalid mount config for type \"" + type + "\": " + why);
    }

    private void tmpfs(String path, String options) {
        String target = target(path, path);
        var words = new ArrayList<>(List.of("noexec", "nosuid", "nodev"));
        for (String word : options.isEmpty() ? new String[0] : options.split(",")) {
            switch (word) {
                case "exec", "suid", "dev" -> words.remove("no" + word);
                default -> {
                    if (!words.contains(word)) {
                        words.add(word);
                    }
                }
            }
        }
        boolean writable = !words.contains("ro");
        add(new MountPoint(Type.TMPFS, "", "", "", target, options, writable, "", words, false, false));
    }

    private void anonymous(String path) throws IOException {
        String target = target(path, path);
        if (!plan.containsKey(target)) {
            plan.put(target, volume(volumes.anonymous(Map.of()), "", target, "", true, true, true));
        }
    }

    private static String target(String path, String text) {
        if (!path.startsWith("/")) {
            throw EngineException.invalid("invalid volume specification: '" + text + "': invalid mount path: '" + path
                    + "' mount path must be absolute");
        }
        String normal = Path.of(path).normalize().toString();
        if (normal.equals("/")) {
            throw EngineException.invalid(
                    "invalid volume specification: '" + text + "': invalid mount config for type \"bind\": invalid "
                            + "specification: destination can't be '/'");
        }
        return normal;
    }

    /// The mounts as `HostConfig` shows the ones that came without a name.
    static List<ObjectNode> shown(List<MountPoint> mounts) {
        return mounts.stream().map(MountPoint::shown).toList();
    }
}
