package dev.longshore.cli;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// One build from beginning to end: sends the context, shows what happens, puts what comes out where it shall go.
/// When the process is ended meanwhile (Ctrl-C), the engine hears of it at once.
final class BuildRun implements EngineClient.Receiver {

    private static final Function<String, Optional<String>> ENVIRONMENT =
            name -> Optional.ofNullable(System.getenv(name));

    private static final String BODY = "application/vnd.longshore.build";

    private final BuildOptions options;
    private final EngineClient engine;
    private final PrintWriter out;
    private final PrintWriter err;
    private final OutputStream stdout;
    private final List<BuildOutput> outputs = new ArrayList<>();
    private final Map<Integer, ReceivedOutput> receiving = new HashMap<>();
    private BuildView view = BuildView.none();
    private JsonNode metadata = Json.object();
    private final StringBuilder told = new StringBuilder();
    private String id = "";
    private int exitCode;

    BuildRun(BuildOptions options, EngineClient engine, PrintWriter out, PrintWriter err) {
        this.options = options;
        this.engine = engine;
        this.out = out;
        this.err = err;
        this.stdout = System.out;
    }

    /// Builds; returns what the command exits with.
    int run() throws IOException {
        options.outputs.forEach(text -> outputs.add(BuildOutput.parse(text)));
        if (options.isPushing) {
            outputs.add(new BuildOutput("registry", Map.of(), new BuildOutput.Target.Nowhere()));
        }
        BuildContext context = BuildContext.of(options.context, options.file, System.in);
        NamedContextOption named = NamedContextOption.of(options.contexts);
        BuildSecrets secrets = new BuildSecrets(ENVIRONMENT)
                .with(options.secrets, options.agents)
                .with(named);
        String buildId = UUID.randomUUID().toString();
        String query = new BuildCall(options).query(context, buildId, outputs, ENVIRONMENT);
        var cancelling = new Thread(() -> engine.json("POST", "/build/cancel?id=" + buildId), "cancel-build");
        Runtime.getRuntime().addShutdownHook(cancelling);
        try (BuildView shown = view()) {
            view = shown;
            send("/build?" + query, secrets, context, named);
        } catch (CommandFailure failed) {
            throw new CommandFailure(context.named(failed.getMessage()), failed);
        } finally {
            Runtime.getRuntime().removeShutdownHook(cancelling);
            for (ReceivedOutput half : receiving.values()) {
                half.close();
            }
        }
        finish();
        return exitCode;
    }

    /// An engine that sees the directory reads it by itself. One behind a forwarded socket, or one that this command
    /// asks from within a container, gets an archive.
    private void send(String target, BuildSecrets secrets, BuildContext context, NamedContextOption named)
            throws IOException {
        if (context.local().isPresent()) {
            byte[] line = secrets.line(context.local().get());
            if (isSent(target, BuildContext.after(line, named.archives()))) {
                return;
            }
        }
        engine.messages("POST", target, headers(), context.behind(secrets.line(), named.archives()), this);
    }

    private boolean isSent(String target, InputStream body) {
        try {
            engine.messages("POST", target, headers(), body, this);
            return true;
        } catch (EngineClient.NotThereFailure elsewhere) {
            return false;
        }
    }

    @Override
    public void take(JsonNode message) throws IOException {
        JsonNode aux = message.path("aux");
        switch (message.path("id").asString("")) {
            case "longshore.event" -> event(aux);
            case "longshore.output" -> output(aux);
            case "longshore.metadata" -> metadata = aux;
            case "longshore.call" -> exitCode = aux.path("exitCode").asInt(0);
            default -> {
                id = aux.path("ID").asString(id);
                if (message.has("stream")) {
                    out.print(message.path("stream").asString());
                    out.flush();
                }
            }
        }
    }

    /// With the caller's own logins, if there are any.
    private Headers headers() {
        String logins = RegistryLogins.ofCaller(this::warn).configHeader();
        return logins.isEmpty()
                ? Headers.of("Content-Type", BODY)
                : Headers.of("Content-Type", BODY, "X-Registry-Config", logins);
    }

    private void warn(String text) {
        err.println("[Warning] " + text);
        err.flush();
    }

    /// What the build says at its end is the command's result, all before is progress.
    private void event(JsonNode event) {
        String text = event.path("text").asString("");
        boolean isResult = event.path("type").asString("").equals("message") && text.startsWith("Successfully ");
        if (!isResult) {
            view.on(event);
        } else if (!options.isQuiet) {
            told.append(text); // Later: a terminal's view counts the lines that it repaints.
        }
    }

    private boolean isOnStdout() {
        return outputs.stream().anyMatch(output -> output.target() instanceof BuildOutput.Target.Stdout);
    }

    private void output(JsonNode aux) throws IOException {
        int number = Integer.parseInt(aux.path("output").asString("0"));
        ReceivedOutput place = receiving.get(number);
        if (place == null) {
            place = ReceivedOutput.of(outputs.get(number).target(), stdout);
            receiving.put(number, place);
        }
        if (aux.has("data")) {
            place.take(Base64.getDecoder().decode(aux.path("data").asString("")));
        }
        if (aux.path("isLast").asBoolean(false)) {
            place.finish();
            receiving.remove(number);
        }
    }

    private void finish() throws IOException {
        PrintWriter result = isOnStdout() ? err : out;
        result.print(told);
        result.flush();
        if (options.isQuiet && !id.isEmpty()) {
            out.println(id);
            out.flush();
        }
        if (options.idFile != null && !id.isEmpty()) {
            write(options.idFile, id.getBytes(StandardCharsets.UTF_8));
        }
        if (options.metadataFile != null && !metadata.isEmpty()) {
            write(options.metadataFile, Json.prettyBytes(metadata));
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (ReceivedOutput whole = ReceivedOutput.File.beside(file)) {
            whole.take(content);
            whole.finish();
        }
    }

    private BuildView view() {
        boolean isSilent = options.isQuiet || options.call != null || options.isCheck;
        if (isSilent) {
            return BuildView.none();
        }
        return switch (progress()) {
            case "plain" -> new PlainBuildView(err, Time.system());
            case "quiet", "none" -> BuildView.none();
            case "rawjson" -> new RawJsonBuildView(err, Time.system());
            case "tty" -> Terminal.view(err, Time.system());
            case "auto" ->
                Terminal.isThere() ? Terminal.view(err, Time.system()) : new PlainBuildView(err, Time.system());
            default ->
                throw new CommandFailure(
                        "--progress " + progress() + ": there are auto, plain, tty, quiet, none and rawjson");
        };
    }

    /// What the option says, else the variable of BuildKit's clients.
    private String progress() {
        return options.progress == null
                ? ENVIRONMENT
                        .apply("BUILDKIT_PROGRESS")
                        .filter(how -> !how.isEmpty())
                        .orElse("auto")
                : options.progress;
    }
}
