package dev.longshore.runtime.cdi;

import dev.longshore.runtime.ContainerEdits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The devices that the spec files of this host describe, as they were when these were read. Of two files that describe
/// the same device the one in the later directory counts; in one directory neither does. A file that cannot be read
/// hides no other. Immutable.
public final class Devices {

    /// Where specs lie: what somebody wrote, what programs make at each boot, and what BuildKit has for itself.
    public static final List<Path> DIRECTORIES =
            List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"), Path.of("/etc/buildkit/cdi"));

    /// Which class a device is of, besides its kind: BuildKit's annotation.
    private static final String CLASS = "org.mobyproject.buildkit.device.class";

    /// BuildKit's annotation of devices that every build may use.
    private static final String FOR_ALL = "org.mobyproject.buildkit.device.autoallow";

    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final int MOST_FILES = 1_000;

    private final TreeMap<String, Known> byName = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private Devices() {}

    private record Known(DeviceSpec spec, DeviceSpec.Device device, int rank) {

        Optional<String> annotation(String name) {
            return Optional.ofNullable(
                    device.annotations().getOrDefault(name, spec.annotations().get(name)));
        }
    }

    /// A name that is none, or that means nothing here.
    public static final class UnknownDeviceException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownDeviceException(String why) {
            super(why);
        }
    }

    /// Reads the specs in `directories`, `*.json` and `*.yaml`; one that is not there has none.
    public static Devices read(List<Path> directories) throws IOException {
        var devices = new Devices();
        var conflicts = new HashSet<String>();
        for (int rank = 0; rank < directories.size(); rank++) {
            for (Path file : files(directories.get(rank))) {
                devices.add(file, rank, conflicts);
            }
        }
        devices.byName.keySet().removeAll(conflicts);
        return devices;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file ->
                            file.toString().endsWith(".json") || file.toString().endsWith(".yaml"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .limit(MOST_FILES)
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
    }

    private void add(Path file, int rank, Set<String> conflicts) {
        DeviceSpec spec;
        try {
            spec = DeviceSpec.read(file);
        } catch (IOException | IllegalArgumentException wrong) {
            problems.add("failed to load CDI Spec " + file + ": " + wrong.getMessage());
            return;
        }
        spec.devices().forEach((name, device) -> {
            String full = spec.kind() + "=" + name;
            Known other = byName.get(full);
            if (other != null && other.rank() == rank) {
                conflicts.add(full);
                problems.add("conflicting device \"" + full + "\" (specs " + file + ", "
                        + other.spec().file() + ")");
                return;
            }
            byName.put(full, new Known(spec, device, rank));
        });
    }

    /// Every device, by `vendor/class=name`.
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /// What is wrong with specs.
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /// The devices that `wanted` means, as BuildKit has it: the one of that name, else those that have the name as
    /// class; with `=*` all of the kind, without a name the first. Empty if there are none.
    ///
    /// @throws UnknownDeviceException when `wanted` is no name
    public List<String> find(String wanted) {
        DeviceName name = DeviceName.of(wanted);
        Optional<String> wrong = DeviceName.wrongKind(name.kind());
        if (wrong.isPresent()) {
            throw new UnknownDeviceException("invalid device \"" + wanted + "\": " + wrong.get());
        }
        List<String> all = byName.keySet().stream()
                .filter(known -> known.startsWith(name.kind() + "="))
                .toList();
        return switch (name.name()) {
            case "" -> all.stream().limit(1).toList();
            case "*" -> all;
            default ->
                byName.containsKey(wanted)
                        ? List.of(wanted)
                        : all.stream()
                                .filter(known -> byName.get(known)
                                        .annotation(CLASS)
                                        .filter(name.name()::equals)
                                        .isPresent())
                                .toList();
        };
    }

    /// True if every build may use the device `name`.
    public boolean isForAll(String name) {
        return Optional.ofNullable(byName.get(name))
                .flatMap(known -> known.annotation(FOR_ALL))
                .filter(TRUE::contains)
                .isPresent();
    }

    /// What containers need that get the devices `names`, each once: what is common to a spec's devices comes before
    /// them.
    ///
    /// @throws UnknownDeviceException when one is not there
    public ContainerEdits edits(Collection<String> names) {
        ContainerEdits edits = ContainerEdits.NONE;
        var seen = new HashSet<Path>();
        for (String name : new LinkedHashSet<>(names)) {
            Known known = byName.get(name);
            if (known == null) {
                throw new UnknownDeviceException("unresolvable CDI devices " + name);
            }
            if (seen.add(known.spec().file())) {
                edits = edits.and(known.spec().edits());
            }
            edits = edits.and(known.device().edits());
        }
        return edits;
    }
}
