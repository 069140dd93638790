package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.Builder;
import dev.longshore.builder.checks.Outline;
import dev.longshore.builder.checks.Report;
import dev.longshore.builder.checks.Requests;
import dev.longshore.builder.checks.Targets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/// Answers what `--call` asks of a Dockerfile, which is looked at only: `check` (BuildKit's `lint`), `outline`,
/// `targets` or `describe` (its `subrequests.describe`), each with `,format=json` if programs ask, and with
/// `,ignorestatus` if what is found shall not fail whoever asks.
final class BuildCalls {

    private final Builder builder;
    private final Messages messages;

    BuildCalls(Builder builder, Messages messages) {
        this.builder = builder;
        this.messages = messages;
    }

    /// What there is to say.
    private record Answer(String text, JsonNode json, int exitCode) {}

    /// Answers `call` of `wanted` in `context`.
    void answer(String call, BuildRequest wanted, Path context) throws IOException {
        String[] fields = call.split(",", -1);
        boolean isJson = false;
        boolean isAlwaysGood = false;
        for (int i = 1; i < fields.length; i++) {
            switch (fields[i]) {
                case "format=json" -> isJson = true;
                case "format=text", "ignorestatus=false" -> {}
                case "ignorestatus", "ignorestatus=true" -> isAlwaysGood = true;
                default -> {
                    messages.error(
                            1,
                            "invalid call attribute \"" + fields[i]
                                    + "\": there are format=json, format=text and ignorestatus");
                    return;
                }
            }
        }
        Answer answer;
        switch (fields[0]) {
            case "check", "lint" -> {
                Report report = builder.check(wanted, context);
                answer = new Answer(report.text(), report.json(), report.exitCode());
            }
            case "outline" -> {
                Outline outline = builder.outline(wanted, context);
                answer = new Answer(outline.text(), outline.json(), 0);
            }
            case "targets" -> {
                Targets targets = builder.targets(wanted, context);
                answer = new Answer(targets.text(), targets.json(), 0);
            }
            case "describe", "subrequests.describe" -> answer = new Answer(Requests.text(), Requests.json(), 0);
            default -> {
                messages.error(1, "unknown call \"" + fields[0] + "\": there are check, outline, targets and describe");
                return;
            }
        }
        messages.stream(
                isJson ? new String(Json.prettyBytes(answer.json()), StandardCharsets.UTF_8) + "\n" : answer.text());
        messages.aux("longshore.call", Json.object().put("exitCode", isAlwaysGood ? 0 : answer.exitCode()));
    }
}
