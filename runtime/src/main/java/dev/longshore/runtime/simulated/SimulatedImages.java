package dev.longshore.runtime.simulated;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Every image is here; its id is the digest of its name. Those of one registry, which is nowhere, must be pulled
/// first: `simulated.longshore.dev/slow-30/web:1` comes after thirty seconds, and
/// `simulated.longshore.dev/absent/web:1` never.
final class SimulatedImages implements Images {

    private static final long SIZE = 4L << 20;
    private static final Pattern SLOW = Pattern.compile("simulated\\.longshore\\.dev/slow-(\\d{1,6})/.*");
    private static final String ABSENT = "simulated.longshore.dev/absent/";

    private final Map<String, ImageStatus> seen = new ConcurrentSkipListMap<>();
    private final Time time;

    SimulatedImages(Time time) {
        this.time = time;
    }

    @Override
    public Optional<ImageStatus> status(String reference) {
        boolean mustBePulled =
                reference.startsWith(ABSENT) || SLOW.matcher(reference).matches();
        return Optional.ofNullable(
                mustBePulled ? seen.get(reference) : seen.computeIfAbsent(reference, SimulatedImages::image));
    }

    @Override
    public ImageStatus pull(String reference, Optional<Credentials> credentials) throws InterruptedException {
        if (reference.startsWith(ABSENT)) {
            throw new RuntimeFaultException(Kind.IMAGE_UNAVAILABLE, reference + ": not found");
        }
        Matcher slow = SLOW.matcher(reference);
        if (slow.matches()) {
            time.sleep(Duration.ofSeconds(Long.parseLong(slow.group(1))));
        }
        return seen.computeIfAbsent(reference, SimulatedImages::image);
    }

    @Override
    public List<ImageStatus> list() {
        return List.copyOf(seen.values());
    }

    @Override
    public void remove(String reference) {
        seen.remove(reference);
    }

    private static ImageStatus image(String reference) {
        Digest id = Digest.sha256(reference.getBytes(StandardCharsets.UTF_8));
        return new ImageStatus(id, List.of(reference), List.of(), SIZE, Optional.empty());
    }
}
