package dev.longshore.builder.cases;

import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Secrets;
import dev.longshore.builder.stage.Wishes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The options of a build.
record Order(
        Map<String, String> arguments,
        Map<String, String> labels,
        Map<String, String> secrets,
        Optional<String> target,
        Optional<String> platform) {

    /// As our builder takes them.
    Wishes wishes() {
        var bytes = new HashMap<String, byte[]>();
        secrets.forEach((id, text) -> bytes.put(id, text.getBytes(StandardCharsets.UTF_8)));
        Wishes wishes = Wishes.NONE
                .withArguments(arguments)
                .withLabels(labels)
                .withRun(RunWishes.USUAL.withSecrets(Secrets.of(bytes)));
        if (target.isPresent()) {
            wishes = wishes.withTarget(target.get());
        }
        return platform.isPresent() ? wishes.withPlatform(PlatformText.parse(platform.get())) : wishes;
    }

    /// As buildah takes them; secrets become files in `directory`.
    List<String> flags(Path directory) throws IOException {
        var flags = new ArrayList<String>();
        arguments.forEach((name, value) -> flags.addAll(List.of("--build-arg", name + "=" + value)));
        labels.forEach((name, value) -> flags.addAll(List.of("--label", name + "=" + value)));
        for (Map.Entry<String, String> secret : secrets.entrySet()) {
            Path file = Files.writeString(directory.resolve("secret-" + secret.getKey()), secret.getValue());
            flags.addAll(List.of("--secret", "id=" + secret.getKey() + ",src=" + file));
        }
        target.ifPresent(stage -> flags.addAll(List.of("--target", stage)));
        platform.ifPresent(wanted -> flags.addAll(List.of("--platform", wanted)));
        return flags;
    }
}
