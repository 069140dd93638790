package dev.longshore.runtime.cdi;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.runtime.ContainerEdits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One file that describes devices of one kind.
///
/// @param devices by their names, which have no kind
/// @param annotations of all of them
/// @param edits of each container that gets one of them
record DeviceSpec(
        Path file, String kind, Map<String, Device> devices, Map<String, String> annotations, ContainerEdits edits) {

    private static final Pattern VERSION = Pattern.compile("v?(0\\.[2-9]|1\\.[0-9])\\.[0-9]+");
    private static final Set<String> FIELDS = Set.of("cdiVersion", "kind", "annotations", "devices", "containerEdits");
    private static final Set<String> DEVICE_FIELDS = Set.of("name", "annotations", "containerEdits");
    private static final long LARGEST = 4 << 20;

    DeviceSpec {
        devices = Map.copyOf(devices);
        annotations = Map.copyOf(annotations);
    }

    /// A device.
    record Device(Map<String, String> annotations, ContainerEdits edits) {
        Device {
            annotations = Map.copyOf(annotations);
        }
    }

    /// Reads `file`, YAML or JSON.
    ///
    /// @throws IllegalArgumentException with the reason, when it describes none
    static DeviceSpec read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IllegalArgumentException("larger than " + LARGEST + " bytes");
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            JsonNode tree = file.toString().endsWith(".json")
                    ? Json.parse(bytes)
                    : Yaml.parseAsGo(new String(bytes, StandardCharsets.UTF_8));
            return of(file, SpecFields.of("the spec", tree, FIELDS));
        } catch (Json.MalformedException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }

    private static DeviceSpec of(Path file, SpecFields fields) {
        String version = fields.needed("cdiVersion");
        if (!VERSION.matcher(version).matches()) {
            throw new IllegalArgumentException("invalid version \"" + version + "\"");
        }
        String kind = fields.needed("kind");
        Optional<String> wrong = DeviceName.wrongKind(kind);
        if (wrong.isPresent()) {
            throw new IllegalArgumentException("kind \"" + kind + "\": " + wrong.get());
        }
        var devices = new LinkedHashMap<String, Device>();
        for (JsonNode entry : fields.list("devices")) {
            SpecFields device = SpecFields.of("a device", entry, DEVICE_FIELDS);
            String name = device.needed("name");
            if (!DeviceName.isName(name)) {
                throw new IllegalArgumentException("invalid device name \"" + name + "\"");
            }
            ContainerEdits edits = device.find("containerEdits")
                    .map(tree -> EditsReader.read("the device " + name, tree))
                    .orElse(ContainerEdits.NONE);
            if (edits.equals(ContainerEdits.NONE)) {
                throw new IllegalArgumentException("invalid device \"" + name + "\", empty device edits");
            }
            if (devices.put(name, new Device(device.map("annotations"), edits)) != null) {
                throw new IllegalArgumentException("multiple device \"" + name + "\"");
            }
        }
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("no devices");
        }
        return new DeviceSpec(
                file,
                kind,
                devices,
                fields.map("annotations"),
                fields.find("containerEdits")
                        .map(tree -> EditsReader.read("the spec", tree))
                        .orElse(ContainerEdits.NONE));
    }
}
