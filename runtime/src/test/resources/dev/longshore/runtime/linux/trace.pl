# Tries to trace, read and hold process PID of the host's, which goes on undisturbed should it succeed. Numbers are those
# of x86-64.
my $pid = $ENV{PID} + 0;
my $into = "\0" x 8;
my $vector = pack('P Q', $into, 8);
my $theirs = pack('Q Q', 4096, 8);
my $descriptor = syscall(434, $pid, 0);
my %tries = (
    seize => sub { syscall(101, 0x4206, $pid, 0, 0) == 0 },
    read => sub { syscall(310, $pid, $vector, 1, $vector, 1, 0) > 0 },
    write => sub { syscall(311, $pid, $vector, 1, $theirs, 1, 0) > 0 },
    memory => sub { sysopen(my $open, "/proc/$pid/mem", 0) },
    score => sub { sysopen(my $open, "/proc/$pid/oom_score_adj", 1) && syswrite($open, '0') },
    take => sub { syscall(438, $descriptor, 1, 0) >= 0 });
print "$_: ", ($tries{$_}->() ? 'OK' : 'refused'), "\n" for sort keys %tries;
