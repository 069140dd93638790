package dev.longshore.kubelet.images;

import dev.longshore.base.Time;
import dev.longshore.runtime.Images;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Decides whether a pod may use an image that is here already: one that was pulled with somebody's credentials is for
/// those who have the same, or whose own the registry takes (KEP 2535). Thread-safe.
public final class ImageAccess {

    private final PullRecords records;
    private final Policy policy;
    private final List<String> allowed;

    /// When credentials are asked for.
    public enum Policy {
        NEVER_VERIFY,
        NEVER_VERIFY_PRELOADED_IMAGES,
        NEVER_VERIFY_ALLOWLISTED_IMAGES,
        ALWAYS_VERIFY;

        /// As `imagePullCredentialsVerificationPolicy` spells it.
        ///
        /// @throws IllegalArgumentException for other words
        public static Policy of(String word) {
            return switch (word) {
                case "NeverVerify" -> NEVER_VERIFY;
                case "NeverVerifyPreloadedImages", "" -> NEVER_VERIFY_PRELOADED_IMAGES;
                case "NeverVerifyAllowlistedImages" -> NEVER_VERIFY_ALLOWLISTED_IMAGES;
                case "AlwaysVerify" -> ALWAYS_VERIFY;
                default ->
                    throw new IllegalArgumentException("unknown image pull credential verification policy: " + word);
            };
        }
    }

    /// @param directory where pulls are noted; in memory if empty
    /// @param allowed names that the third policy lets pass; one that ends with `/*` stands for all below it
    public ImageAccess(Optional<Path> directory, Policy policy, List<String> allowed, Time time) {
        this.records = new PullRecords(directory, time);
        this.policy = policy;
        this.allowed = List.copyOf(allowed);
    }

    /// Sorts out what an earlier kubelet left: of what it was pulling, what has come is noted as opened by nobody.
    public void settle(List<Images.ImageStatus> present) {
        for (String image : records.begun()) {
            present.stream()
                    .filter(status -> status.repoTags().contains(image)
                            || status.repoDigests().contains(image))
                    .findFirst()
                    .ifPresent(status -> records.add(image, status.id().toString(), PullRecord.Opening.NONE));
            records.end(image);
        }
        var here = new HashSet<String>();
        present.forEach(status -> here.add(status.id().toString()));
        records.keepOnly(Set.copyOf(here));
    }

    /// True if the pod must pull `image` though it is here as `imageRef`.
    ///
    /// @param keys what the pod has; asked for only if it matters
    public boolean mustPull(String image, String imageRef, Supplier<List<PullKey>> keys) {
        Optional<PullRecord> record = records.find(imageRef);
        if (!isVerified(image, record.isPresent() || records.isBegun(image))) {
            return false;
        }
        String name = ImageNames.repository(image);
        Optional<PullRecord.Opening> opening =
                record.map(known -> known.openings().get(name));
        if (opening.isEmpty()) {
            return true;
        }
        if (opening.get().isForAll()) {
            return false;
        }
        if (opening.get().secrets().isEmpty() && opening.get().accounts().isEmpty()) {
            return true;
        }
        for (PullKey key : keys.get()) {
            if (key.source() instanceof PullKey.Source.OfServiceAccount account
                    && opening.get().accounts().contains(account)) {
                return false;
            }
            for (PullRecord.KnownSecret known : opening.get().secrets()) {
                boolean isSameSecret = known.source().equals(key.source());
                boolean isSameContent = known.hash().equals(key.hash());
                if (isSameSecret || isSameContent) {
                    if (!isSameSecret || !isSameContent) {
                        records.add(image, imageRef, opening(Optional.of(key)));
                    }
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isVerified(String image, boolean wasPulled) {
        return switch (policy) {
            case NEVER_VERIFY -> false;
            case NEVER_VERIFY_PRELOADED_IMAGES -> wasPulled;
            case NEVER_VERIFY_ALLOWLISTED_IMAGES -> {
                String name = ImageNames.repository(image);
                yield allowed.stream()
                        .noneMatch(pattern -> pattern.endsWith("/*")
                                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                                : name.equals(pattern));
            }
            case ALWAYS_VERIFY -> true;
        };
    }

    /// A pull of `image` begins.
    public void begin(String image) {
        records.begin(image);
    }

    /// It came as `imageRef`, opened by `key`; by none if the registry wanted none of the pod.
    public void pulled(String image, String imageRef, Optional<PullKey> key) {
        records.add(image, imageRef, opening(key));
        records.end(image);
    }

    /// It did not come.
    public void failed(String image) {
        records.end(image);
    }

    private static PullRecord.Opening opening(Optional<PullKey> key) {
        if (key.isEmpty()) {
            return PullRecord.Opening.FOR_ALL;
        }
        return switch (key.get().source()) {
            case PullKey.Source.OfSecret secret ->
                new PullRecord.Opening(
                        false,
                        List.of(new PullRecord.KnownSecret(secret, key.get().hash())),
                        List.of());
            case PullKey.Source.OfServiceAccount account -> new PullRecord.Opening(false, List.of(), List.of(account));
            case PullKey.Source.OfNode() -> PullRecord.Opening.FOR_ALL;
        };
    }
}
