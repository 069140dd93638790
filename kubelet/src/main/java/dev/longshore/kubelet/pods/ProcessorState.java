package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.linux.ProcessorSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The file `cpu_manager_state`: which processors were given to whom. Written as a whole; a file that is damaged, or
/// that tells of other processors than there are, is put aside with a word, for to guess would put two containers
/// onto one processor.
record ProcessorState(Path file) {

    private static final Logger log = LoggerFactory.getLogger(ProcessorState.class);
    private static final String POLICY = "static";

    /// What it says, if it can be relied on.
    Optional<Map<String, Map<String, ProcessorSet>>> read(ProcessorSet online) {
        try {
            JsonNode state = Json.parse(Files.readString(file));
            if (!state.path("policyName").asString("").equals(POLICY)
                    || state.path("checksum").asLong(-1) != checksum(state)) {
                return refused("it is of another policy, or damaged");
            }
            var entries = new LinkedHashMap<String, Map<String, ProcessorSet>>();
            ProcessorSet all = ProcessorSet.parse(state.path("defaultCpuSet").asString(""));
            for (var pod : state.path("entries").properties()) {
                var own = new LinkedHashMap<String, ProcessorSet>();
                for (var container : pod.getValue().properties()) {
                    ProcessorSet set = ProcessorSet.parse(container.getValue().asString(""));
                    own.put(container.getKey(), set);
                    all = all.and(set);
                }
                entries.put(pod.getKey(), own);
            }
            return all.equals(online) ? Optional.of(entries) : refused("it tells of processors " + all);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException | Json.MalformedException unreadable) {
            return refused(unreadable.getMessage());
        }
    }

    private <T> Optional<T> refused(String why) {
        log.warn("{} is not used: {}; containers get their processors anew", file, why);
        return Optional.empty();
    }

    /// Writes all of it down.
    void write(ProcessorSet shared, Map<String, Map<String, ProcessorSet>> given) {
        ObjectNode state = Json.object().put("policyName", POLICY).put("defaultCpuSet", shared.toString());
        ObjectNode entries = state.putObject("entries");
        given.forEach((uid, containers) -> {
            ObjectNode own = entries.putObject(uid);
            containers.forEach((name, set) -> own.put(name, set.toString()));
        });
        state.put("checksum", checksum(state));
        try {
            Files.createDirectories(file.getParent());
            WholeFile.write(file, Json.bytes(state));
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot write " + file, refused);
        }
    }

    private static long checksum(JsonNode state) {
        var sum = new CRC32();
        sum.update((state.path("defaultCpuSet").asString("") + state.path("entries")).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }
}
