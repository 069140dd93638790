package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Query;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LogLinesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    record Line(int second, String offset, String stream, boolean isPart, String text) {
        String stamp() {
            return "2026-01-01T00:00:%02d.123456789%s".formatted(second, offset);
        }

        String record() {
            return "%s %s %s %s\n".formatted(stamp(), stream, isPart ? "P" : "F", text);
        }
    }

    @Property(tries = 200)
    void showsWhatAPlainReaderWould(
            @ForAll("logs") List<Line> log, @ForAll("options") String query, @ForAll("cuts") int cut)
            throws IOException {
        LogOptions options = LogOptions.of(Query.parse(query), START.plusSeconds(60));
        byte[] bytes = String.join("", log.stream().map(Line::record).toList()).getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream();
        var lines = new LogLines(options, Long.MAX_VALUE, out);

        // The block ends anywhere, and what is left of it comes again.
        int begin = 0;
        for (int end = Math.min(cut, bytes.length);
                begin < bytes.length && !lines.isDone();
                end = Math.min(end + cut, bytes.length)) {
            begin = lines.take(bytes, begin, end);
        }
        lines.flush();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(plainly(log, options));
    }

    private static String plainly(List<Line> log, LogOptions options) {
        var text = new StringBuilder();
        boolean isNew = true;
        for (Line line : log) {
            Instant at = OffsetDateTime.parse(line.stamp()).toInstant();
            if (options.since().isPresent() && at.isBefore(options.since().get())) {
                continue;
            }
            if (options.timestamps() && isNew) {
                text.append(line.stamp().replace("+00:00", "Z")).append(' ');
            }
            text.append(line.text).append(line.isPart ? "" : "\n");
            isNew = !line.isPart || line.text.isEmpty();
        }
        int limit = (int) Math.min(text.length(), options.limitBytes().orElse(Long.MAX_VALUE));
        return text.substring(0, limit);
    }

    @Provide
    Arbitrary<List<Line>> logs() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 59),
                        Arbitraries.of("Z", "+00:00", "+02:00"),
                        Arbitraries.of("stdout", "stderr"),
                        Arbitraries.of(true, false),
                        Arbitraries.strings().withChars(" abcF").ofMaxLength(40))
                .as(Line::new)
                .list()
                .ofMaxSize(30);
    }

    @Provide
    Arbitrary<String> options() {
        return Arbitraries.of(
                "",
                "timestamps=true",
                "sinceSeconds=30",
                "limitBytes=40",
                "timestamps=1&limitBytes=100&sinceTime=2026-01-01T00:00:20Z");
    }

    @Provide
    Arbitrary<Integer> cuts() {
        return Arbitraries.integers().between(1, 400);
    }
}
