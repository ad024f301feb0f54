# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Asks Debian's archive about a suite other than, or newer than, what this machine installs from.
# Sourced, after kernels.sh.

# The mirrors are the machine's own. WAITQ_MIRROR overrides the first.
mirror()
{
	local site
	if [[ -n ${WAITQ_MIRROR:-} ]]; then
		echo "$WAITQ_MIRROR"
		return
	fi
	site=$(sites "$machine_suite")
	[[ -n $site ]] || die 2 "apt's lists name no mirror of $machine_suite: apt-get update" \
		"Or name one: WAITQ_MIRROR=http://..."
	echo "$site"
}

# sites CODENAME: where this machine's apt has that suite from. Only package lists that are here tell the
# codename of a suite that the sources call "stable"; without any there is the sources' own word.
sites()
{
	# shellcheck disable=SC2016 # apt expands it
	{
		apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages'
		apt-get indextargets --no-release-info --format '$(RELEASE) $(SITE)' 'Created-By: Packages'
	} | awk -v suite="$1" '$1 == suite && !found++ {print $2}'
}

# sources SUITE: apt's lines for it.
sources()
{
	local suite=$1 base=${1%-backports} site security
	site=$(mirror) || return
	case $base in
	bullseye)
		# No longer supported: Release files expire, and the security suite lists packages
		# that are gone. The last point release is whole.
		echo "deb [check-valid-until=no] $site $base main"
		;;
	*)
		echo "deb $site $base main"
		security=$(sites "$machine_suite-security")
		[[ -z $security || -n ${WAITQ_MIRROR:-} ]] ||
			echo "deb $security $base-security main"
		;;
	esac
	[[ $suite == "$base" ]] || echo "deb $site $suite main"
}

# archive_apt ARG...: apt-get about the suite that ask_archive was given. Its configuration comes as an
# option: after the machine's own, which it overrides, and not by the environment, where an apt
# that installs on this machine would see it.
archive_apt()
{
	LC_ALL=C apt-get -q -c "$archive_config" "$@"
}

# ask_archive SUITE: archive_apt speaks of that suite alone from here on, with lists of its own that
# are fetched now, of amd64 and of the chosen kernel's architecture. The machine's are neither read nor changed; hooks of its own updates don't run.
# One caller at a time for a suite.
ask_archive()
{
	local suite=$1 dir=$cache/apt/$1 lines foreign=''
	[[ $kernel_arch == amd64 ]] || foreign="\"$kernel_arch\"; "
	mkdir -p "$dir"/lists/partial "$dir"/cache/archives/partial
	lines=$(sources "$suite") || exit
	echo "$lines" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-CONF
		#clear APT::Update;
		#clear APT::Architectures;
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State::lists "$dir/lists";
		Dir::State::status "/dev/null";
		Dir::Cache "$dir/cache";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; $foreign};
		APT::Default-Release "$suite*";
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Retries "2";
	CONF
	archive_config=$dir/apt.conf
	local said
	said=$(archive_apt --error-on=any update 2>&1) || {
		# What follows an error is about its consequences.
		grep -E '^[EW]:' <<<"$said" | head -n 5 >&2
		if [[ $said == *'is expired'* || $said == *'is not valid'* ]]; then
			die 1 "the archive's Release file of $suite is not valid at this machine's date" \
				"($(date -I)): is the clock right? Is $suite archived by now? Then" \
				"scripts/lib/archive.sh is where its exceptions stand."
		fi
		die 1 "no package lists of $suite from $(mirror) (apt's reason is above)" \
			"Another mirror: WAITQ_MIRROR=http://..."
	}
}
