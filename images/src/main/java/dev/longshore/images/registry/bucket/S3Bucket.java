package dev.longshore.images.registry.bucket;

import dev.longshore.images.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket that speaks S3.
public final class S3Bucket implements Bucket, AutoCloseable {

    private static final long PART = 64L << 20;
    private static final int MOST_KEYS = 1000;

    private final S3Client client;
    private final String bucket;
    private final String prefix;
    private final long part;

    /// As `settings` say, signed in by `credentials`.
    public S3Bucket(BucketSettings settings, AwsCredentialsProvider credentials) {
        this(settings, credentials, PART);
    }

    /// @param part how much is sent at once, in bytes
    S3Bucket(BucketSettings settings, AwsCredentialsProvider credentials, long part) {
        this.part = part;
        var builder = S3Client.builder()
                .httpClient(Apache5HttpClient.create())
                .region(Region.of(settings.region()))
                .forcePathStyle(settings.hasPathStyle())
                // Blobs have digests of their own, and not every server knows Amazon's newer checksums.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .credentialsProvider(credentials);
        settings.endpoint().ifPresent(builder::endpointOverride);
        this.client = builder.build();
        this.bucket = settings.bucket();
        this.prefix = settings.prefix();
    }

    @Override
    public Optional<byte[]> get(String key) throws IOException {
        return asking(key, () -> {
            try {
                return Optional.of(client.getObjectAsBytes(
                                request -> request.bucket(bucket).key(prefix + key))
                        .asByteArray());
            } catch (NoSuchKeyException absent) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<Entry> find(String key) throws IOException {
        return asking(key, () -> {
            try {
                var head = client.headObject(request -> request.bucket(bucket).key(prefix + key));
                return Optional.of(new Entry(key, head.contentLength(), head.lastModified()));
            } catch (S3Exception absent) {
                if (absent.statusCode() == 404) {
                    return Optional.empty();
                }
                throw absent;
            }
        });
    }

    @Override
    public InputStream open(String key, long offset) throws IOException {
        return asking(
                key,
                () -> client.getObject(request -> {
                    request.bucket(bucket).key(prefix + key);
                    if (offset > 0) {
                        request.range("bytes=" + offset + "-");
                    }
                }));
    }

    @Override
    public void put(String key, byte[] bytes) throws IOException {
        asking(
                key,
                () -> client.putObject(
                        request -> request.bucket(bucket).key(prefix + key), RequestBody.fromBytes(bytes)));
    }

    @Override
    public void put(String key, long size, Source source) throws IOException {
        if (size > part) {
            putInParts(key, size, source);
            return;
        }
        asking(key, () -> client.putObject(request -> request.bucket(bucket).key(prefix + key), body(source, 0, size)));
    }

    private void putInParts(String key, long size, Source source) throws IOException {
        String upload = asking(
                key,
                () -> client.createMultipartUpload(
                                request -> request.bucket(bucket).key(prefix + key))
                        .uploadId());
        boolean isWhole = false;
        try {
            var parts = new ArrayList<CompletedPart>();
            for (long at = 0; at < size; at += part) {
                int number = parts.size() + 1;
                RequestBody body = body(source, at, Math.min(part, size - at));
                String tag = asking(
                        key,
                        () -> client.uploadPart(
                                        request -> request.bucket(bucket)
                                                .key(prefix + key)
                                                .uploadId(upload)
                                                .partNumber(number),
                                        body)
                                .eTag());
                parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            }
            asking(
                    key,
                    () -> client.completeMultipartUpload(request -> request.bucket(bucket)
                            .key(prefix + key)
                            .uploadId(upload)
                            .multipartUpload(done -> done.parts(parts))));
            isWhole = true;
        } finally {
            if (!isWhole) {
                asking(
                        key,
                        () -> client.abortMultipartUpload(request ->
                                request.bucket(bucket).key(prefix + key).uploadId(upload)));
            }
        }
    }

    @Override
    public void delete(String key) throws IOException {
        asking(key, () -> client.deleteObject(request -> request.bucket(bucket).key(prefix + key)));
    }

    @Override
    public List<Entry> list(String start) throws IOException {
        return asking(start, () -> {
            var found = new ArrayList<Entry>();
            for (S3Object object : client.listObjectsV2Paginator(request ->
                            request.bucket(bucket).prefix(prefix + start).maxKeys(MOST_KEYS))
                    .contents()) {
                found.add(entry(object));
            }
            return found;
        });
    }

    @Override
    public List<Entry> list(String start, String after, int most) throws IOException {
        return asking(start, () -> {
            var found = new ArrayList<Entry>();
            for (S3Object object : client.listObjectsV2Paginator(request -> request.bucket(bucket)
                            .prefix(prefix + start)
                            .startAfter(prefix + after)
                            .maxKeys(Math.clamp(most, 1, MOST_KEYS)))
                    .contents()) {
                if (found.size() >= most) {
                    break; // The pages behind are not fetched.
                }
                found.add(entry(object));
            }
            return found;
        });
    }

    private Entry entry(S3Object object) {
        return new Entry(object.key().substring(prefix.length()), object.size(), object.lastModified());
    }

    @Override
    public void close() {
        client.close();
    }

    /// The SDK opens it anew for each attempt.
    private static RequestBody body(Source source, long at, long length) {
        return RequestBody.fromContentProvider(
                () -> {
                    try {
                        return new Slice(source.open(at), length);
                    } catch (IOException gone) {
                        throw new java.io.UncheckedIOException(gone);
                    }
                },
                length,
                "application/octet-stream");
    }

    private interface Question<T> {
        T ask();
    }

    private <T> T asking(String key, Question<T> question) throws IOException {
        try {
            return question.ask();
        } catch (SdkException failed) {
            throw new IOException("bucket " + bucket + ", " + key + ": " + failed.getMessage(), failed);
        }
    }
}
