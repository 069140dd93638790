package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.GoText;
import dev.longshore.builder.dockerfile.Words;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.graph.Platforms;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Platform;
import java.util.Optional;

final class InvalidBaseImagePlatform implements Check {

    @Override
    public void from(StageBegin begin, Platforms platforms, Findings findings) {
        Optional<Platform> actual = begin.facts().map(BaseFacts.Facts::platform);
        if (actual.isEmpty()) {
            return;
        }
        Platform expected;
        try {
            expected = begin.platform()
                    .map(Words.Expansion::text)
                    .map(PlatformText::parse)
                    .orElse(platforms.target());
        } catch (ImageFaultException none) {
            return;
        }
        boolean fits = actual.get().os().equals(expected.os())
                && actual.get().architecture().equals(expected.architecture());
        if (!fits) {
            findings.add(
                    Rule.INVALID_BASE_IMAGE_PLATFORM,
                    begin.from().line(),
                    "Base image " + begin.base().text() + " was pulled with platform "
                            + GoText.quoted(actual.get().toString()) + ", expected "
                            + GoText.quoted(expected.toString()) + " for current build");
        }
    }
}
