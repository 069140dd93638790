# Waits for programs that are not of this container, holds on to them by a descriptor, and says whether one of them opens
# for writing once it has ended. Writes nothing to it.
my $over = 0;
$SIG{TERM} = sub { $over = 1 };
$| = 1;
print "ready\n";
my %held;
until ($over) {
    opendir(my $processes, '/proc');
    for my $exe (map { "/proc/$_/exe" } grep { /^[0-9]+$/ } readdir $processes) {
        my $program = readlink $exe // next;
        next if $program =~ m{^/usr/bin/perl$|^/bin/busybox} || $held{$program};
        open(my $held, '<', $exe) or next;
        $held{$program} = $held;
        print "held $program\n";
    }
    try_all();
}
for (1 .. 200) { try_all(); select(undef, undef, undef, 0.005); }
print "done\n";

sub try_all {
    for my $program (keys %held) {
        sysopen(my $open, '/proc/self/fd/' . fileno($held{$program}), 1) and print "writable $program\n";
    }
}
